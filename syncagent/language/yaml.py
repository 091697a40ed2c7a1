"""Configuration files: YAML 1.2 in, plain data with the place of every key and value out.

    document = read_yaml(text, "mappings/person.yaml")
    model = validate(MappingFile, document)
    problem = problem_at(document, ("fields", "email"), "...")

Whatever is wrong with a file becomes a :class:`syncagent.errors.ConfigurationError` with file, line and column.
"""

from syncagent.language.yaml_document import Document, Path, Place, Value, problem_at
from syncagent.language.yaml_read import read_yaml
from syncagent.language.yaml_schema import Section, validate
from syncagent.language.yaml_words import listed, nearest, shown

__all__ = [
    "Document",
    "Path",
    "Place",
    "Section",
    "Value",
    "listed",
    "nearest",
    "problem_at",
    "read_yaml",
    "shown",
    "validate",
]
