"""The `cart` package: footage of a shopping cart in, add and remove events and a receipt out."""
