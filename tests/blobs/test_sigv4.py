"""Presigned URLs against a published example."""

from datetime import UTC, datetime, timedelta

from graph_api.blobs.sigv4 import Signer


def test_presign_gives_the_url_of_the_published_example() -> None:
    # Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters".
    signer = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")

    url = signer.presign(
        "GET",
        "https",
        "examplebucket.s3.amazonaws.com",
        "/test.txt",
        now=datetime(2013, 5, 24, tzinfo=UTC),
        expires=timedelta(seconds=86400),
    )

    assert url == (
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )
