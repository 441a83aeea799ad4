"""The stage of a scene.

Cameras, carts, light and what stands around, as values and geometry drawn at random.
"""
