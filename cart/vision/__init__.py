"""Footage to cart events: what the camera saw put into the cart and taken out of it."""
