"""What people write in files: YAML with the place of every word, and conditions over fields.

``yaml`` reads a file and checks it against a pydantic model; ``where`` and ``sql`` turn conditions into DuckDB SQL.
Nothing is re-exported here, so that reading a mapping does not load the SQL parser.
"""
