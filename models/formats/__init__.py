"""Readers and writers, one module a format family: ``read(path) -> Plan``."""
