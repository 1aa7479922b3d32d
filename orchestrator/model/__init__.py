"""The values that every room speaks: frozen, without input or output. Files are imported one by one."""
