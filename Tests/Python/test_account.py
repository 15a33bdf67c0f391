"""The small resources of the official client: accounts, hardware, webhooks."""

import base64

import replicate.webhook


def test_the_account(client):
    account = client.accounts.current()
    assert (account.type, account.username, account.name) == ("user", "sandbox", "Local Sandbox")


def test_the_hardware(client):
    hardware = {one.sku: one.name for one in client.hardware.list()}
    assert list(hardware) == ["cpu", "gpu-t4", "gpu-a40-small", "gpu-a40-large"] and all(hardware.values())


def test_the_webhook_secret_stays_and_is_one(client):
    secret = client.webhooks.default.secret()
    assert secret.key.startswith("whsec_") and len(base64.b64decode(secret.key.removeprefix("whsec_"))) == 24
    assert client.webhooks.default.secret() == secret
