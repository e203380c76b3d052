"""Rows that are not in memory: files of arrays and tables, Dask collections; one protocol for all."""
