"""Headroom: from landed log files to published KPIs."""
