"""Rendered cart trips with perfect truth: products, hands, carts, trips, and the pictures of them."""
