"""The collector port over our own collection office, in the same process."""

from kravbro.collectors.office.collector import OfficeCollector

__all__ = ["OfficeCollector"]
