"""LokDarpan's jobs on Huey: `huey_consumer lokdarpan_jobs.app.huey`, or `lokdarpan worker`."""
