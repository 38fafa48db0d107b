"""The append-only record of a trial: record types, writer, reader."""
