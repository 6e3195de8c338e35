"""The partition of AWS that a region is in, which its ARNs begin with."""

import functools

import boto3


@functools.cache
def partition(region: str) -> str:
    """Return it: `aws`, or `aws-us-gov` in GovCloud."""
    return boto3.Session().get_partition_for_region(region)
