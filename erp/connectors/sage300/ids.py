"""The id that a job or a sub job will have in Sage, known before it is there. Pure."""

from erp.connector import Work, within
from erp.connectors.sage300.jce import extra_number, job_number
from erp.connectors.sage300.settings import read
from erp.connectors.sage300.text import Unwritable


def erp_id(work: Work) -> str:
    """Its number in the shape of Sage, of a sub job within its job; empty when it has none, or none that Sage takes."""
    try:
        settings = read(work.settings)
        if work.kind == "job":
            return job_number(work, settings)
        job = str(work.refs.get("job") or "")
        return within(job, extra_number(work, settings)) if work.kind == "sub_job" and job else ""
    except Unwritable:
        return ""
