"""Sealing: the AWS Encryption SDK with its hierarchical keyring.

One branch key a purpose, wrapped by the stack's KMS key and cached, so that steady state calls KMS
not at all. The encryption context binds what is sealed to its purpose and record: moved to another
record it does not open. The library checks only the context that it is given, hence the CMM that
requires it whole.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aws_cryptographic_material_providers.keystore import KeyStore
from aws_cryptographic_material_providers.keystore.config import KeyStoreConfig
from aws_cryptographic_material_providers.keystore.models import (
    CreateKeyInput,
    KMSConfigurationKmsKeyArn,
)
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import (
    CacheTypeDefault,
    CreateAwsKmsHierarchicalKeyringInput,
    CreateDefaultCryptographicMaterialsManagerInput,
    CreateRequiredEncryptionContextCMMInput,
    DefaultCache,
)
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.exceptions import (
    AWSEncryptionSDKClientError,
    NotSupportedError,
    SerializationError,
    UnknownIdentityError,
)
from aws_encryption_sdk.identifiers import AlgorithmSuite
from cryptography.exceptions import InvalidTag

from connections.adapters.opened import Opened, key_of
from connections.adapters.purpose import Purpose
from connections.application.ports import SealBroken
from connections.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient

# It logs a traceback for everything that does not open; what that means is said here.
logging.getLogger("aws_encryption_sdk").setLevel(logging.CRITICAL)

KEY_STORE_NAME = "connections-branch-keys"
"""Bound to every branch key: it must never change."""
CACHED_FOR_SECONDS = 3600
READY_FOR_SECONDS = 150
"""Longer than an invocation lasts: renewing a key fails when KMS does, and must not while tokens
that have been issued wait to be sealed."""


class Sealer:
    """Seals JSON objects for a purpose and a record."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        kms: "KMSClient",
        table: str,
        key_arn: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._opened = Opened(monotonic=monotonic)
        self._cached_at: dict[Purpose, float] = {}
        """When the branch keys that seal were cached, or shortly before."""
        self._key_store = KeyStore(
            KeyStoreConfig(
                ddb_client=dynamodb,
                ddb_table_name=table,
                logical_key_store_name=KEY_STORE_NAME,
                kms_client=kms,
                kms_configuration=KMSConfigurationKmsKeyArn(key_arn),
            )
        )
        self._client = EncryptionSDKClient(
            commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
        )

    def ready(self, purpose: Purpose) -> None:
        """Make sure that something can be sealed within two minutes, whatever KMS does.

        Raises:
            Unavailable: the branch key cannot be had.
        """
        began = self._monotonic()
        cached_at = self._cached_at.get(purpose)
        if cached_at is not None and began < cached_at + CACHED_FOR_SECONDS - READY_FOR_SECONDS:
            return
        # The branch key is asked for anew while the one that is cached still seals.
        manager = self._managers[purpose] if cached_at is None else self._manager(purpose)
        self._seal(purpose, "ready", {}, manager)
        self._managers[purpose] = manager
        self._cached_at[purpose] = began

    def seal(self, purpose: Purpose, record: str, secret: Mapping[str, Any]) -> bytes:
        """Seal a JSON object for the record of that name.

        Raises:
            Unavailable: the branch key cannot be had.
        """
        began = self._monotonic()
        sealed = self._seal(purpose, record, secret, self._managers[purpose])
        self._cached_at.setdefault(purpose, began)
        return sealed

    def unseal(self, purpose: Purpose, record: str, sealed: bytes) -> dict[str, Any]:
        """Open what was sealed for the record of that name.

        Raises:
            SealBroken: it was sealed for another record or purpose, or was changed.
            Unavailable: the branch key cannot be had.
        """
        key = key_of(purpose, record, sealed)
        source = self._opened.get(key)
        if source is None:
            source = self._open(purpose, record, sealed)
            self._opened.keep(key, source)
        opened: dict[str, Any] = json.loads(source)
        return opened

    def _open(self, purpose: Purpose, record: str, sealed: bytes) -> bytes:
        try:
            return self._decrypt(purpose, record, sealed)
        except Exception as error:
            if _is_broken(error):
                words = f"What is sealed as {purpose} of {record} does not open."
                raise SealBroken(words) from None
            raise Unavailable("Unsealing does not work for now; try again.") from error

    def _seal(
        self, purpose: Purpose, record: str, secret: Mapping[str, Any], manager: Any
    ) -> bytes:
        source = json.dumps(secret, separators=(",", ":")).encode()
        try:
            try:
                return self._encrypt(purpose, record, source, manager)
            except Exception as error:
                if not _says(error, "No item found for corresponding branch key"):
                    raise
            self._create_branch_keys()
            return self._encrypt(purpose, record, source, manager)
        except Exception as error:
            raise Unavailable("Sealing does not work for now; try again.") from error

    def _encrypt(self, purpose: Purpose, record: str, source: bytes, manager: Any) -> bytes:
        sealed, _ = self._client.encrypt(
            source=source,
            materials_manager=manager,
            encryption_context=_context(purpose, record),
            algorithm=AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
        )
        return bytes(sealed)

    def _decrypt(self, purpose: Purpose, record: str, sealed: bytes) -> bytes:
        stream = self._client.stream(
            mode="decrypt-unsigned",
            source=sealed,
            materials_manager=self._managers[purpose],
            encryption_context=_context(purpose, record),
        )
        try:
            return bytes(stream.read())
        finally:
            # NOTE: closing a stream whose footer was not reached raises, also when it is collected
            # as garbage: Python 3.13 then prints a traceback for whatever does not open.
            stream.footer = getattr(stream, "footer", None)
            stream.close()

    def _create_branch_keys(self) -> None:
        """Make the branch keys of all purposes, on the first use of any; that of the inputs last.

        Inputs come before tokens: where their key is, all are. So only one function makes any.
        """
        for purpose in (Purpose.TOKENS, Purpose.INPUTS):
            self._create_branch_key(purpose)

    def _create_branch_key(self, purpose: Purpose) -> None:
        try:
            self._key_store.create_key(
                CreateKeyInput(
                    branch_key_identifier=purpose.value,
                    encryption_context={"purpose": purpose.value},
                )
            )
        except Exception as error:
            # Whoever loses the race to make the key can use the winner's.
            if not _says(error, "ConditionalCheckFailed"):
                raise

    @cached_property
    def _providers(self) -> Any:
        return AwsCryptographicMaterialProviders(MaterialProvidersConfig())

    @cached_property
    def _managers(self) -> dict[Purpose, Any]:
        return {purpose: self._manager(purpose) for purpose in Purpose}

    def _manager(self, purpose: Purpose) -> Any:
        """Return what seals and opens, with a cache of its own that is empty yet."""
        providers = self._providers
        keyring = providers.create_aws_kms_hierarchical_keyring(
            CreateAwsKmsHierarchicalKeyringInput(
                key_store=self._key_store,
                branch_key_id=purpose.value,
                ttl_seconds=CACHED_FOR_SECONDS,
                cache=CacheTypeDefault(DefaultCache(entry_capacity=10)),
            )
        )
        underlying = providers.create_default_cryptographic_materials_manager(
            CreateDefaultCryptographicMaterialsManagerInput(keyring=keyring)
        )
        return providers.create_required_encryption_context_cmm(
            CreateRequiredEncryptionContextCMMInput(
                underlying_cmm=underlying,
                required_encryption_context_keys=list(_context(purpose, "")),
            )
        )


def _context(purpose: Purpose, record: str) -> dict[str, str]:
    return {"purpose": purpose.value, "record": record}


def _says(error: Exception, words: str) -> bool:
    return words in str(error) or words in repr(error.args)


_OF_THE_CIPHERTEXT = ("Primitives", "No Encrypted Data Keys found to match")
"""What the keyring's errors name if a data key does not open, or is of another branch key."""


def _is_broken(error: Exception) -> bool:
    """Tell a ciphertext that is wrong from a key that cannot be had: only one passes by itself."""
    if isinstance(
        error, InvalidTag | SerializationError | NotSupportedError | UnknownIdentityError
    ):
        return True
    return isinstance(error, AWSEncryptionSDKClientError) and any(
        _says(error, words) for words in _OF_THE_CIPHERTEXT
    )
