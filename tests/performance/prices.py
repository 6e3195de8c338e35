"""List prices in us-east-2, in US dollars: on demand, Lambda on arm64, without free tiers.

As public pages told them in 2026; of prices that come in steps the first. Those of SQS, X-Ray, KMS,
storage and outbound data were not looked up anew.
"""

MILLION = 1e6
GB = 2.0**30

WRITE_UNIT = 0.625 / MILLION
"""DynamoDB, standard tables."""
READ_UNIT = 0.125 / MILLION
STORED_GB_MONTH = 0.25
RECOVERABLE_GB_MONTH = 0.20
"""Point-in-time recovery."""
LAMBDA_GB_SECOND = 0.0000133334
LAMBDA_REQUEST = 0.20 / MILLION
SQS_REQUEST = 0.40 / MILLION
"""A standard queue; each 64 KB are one."""
LOG_GB = 0.50
"""CloudWatch Logs, taken in."""
LOG_GB_MONTH = 0.03
"""Kept, counted here as if it were not compressed."""
METRIC_MONTH = 0.30
ALARM_MONTH = 0.10
DASHBOARD_MONTH = 3.00
TRACE = 5.00 / MILLION
KMS_KEY_MONTH = 1.00
KMS_REQUEST = 0.03 / 10_000
OUTBOUND_GB = 0.09
"""From Lambda to the internet."""
