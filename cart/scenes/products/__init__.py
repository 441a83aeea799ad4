"""A range of groceries that no shop sells: their meshes, printed labels, barcodes and catalog folder."""
