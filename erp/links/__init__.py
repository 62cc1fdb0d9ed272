"""Lists that come back from accounting: add, link, archive."""

from erp.links.archiving import archive, unarchive
from erp.links.joining import add, link
from erp.links.many import Outcome, archive_all, link_all, unarchive_all
from erp.links.matching import MOST, Candidate, Match, exact, likely
from erp.links.why_not import why_not, why_not_here

__all__ = ["MOST", "Candidate", "Match", "Outcome", "add", "archive", "archive_all", "exact", "likely", "link", "link_all",
           "unarchive", "unarchive_all", "why_not", "why_not_here"]  # fmt: skip
