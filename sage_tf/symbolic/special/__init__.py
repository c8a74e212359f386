r"""
Special functions on tensors, one module for each family; each exports the rows that it adds to the table of functions
"""
