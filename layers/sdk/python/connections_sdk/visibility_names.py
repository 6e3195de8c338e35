"""The names that the visibility of inputs has elsewhere."""

from connections_sdk.integrations import Visibility
from connections_sdk.places import Place
from connections_sdk.tolerance import Source, Tolerance

ORGANIZATION = "orgOnly"
CUSTOMER = ("visibleToCustomerDeployer", "isVisibleToCustomerDeployer")
DEPLOYER = "visibleToOrgDeployer"
TYPE = "permissionAndVisibilityType"
NAMES = (ORGANIZATION, *CUSTOMER, DEPLOYER, TYPE)


def visibility_by_other_names(
    data: Source, place: Place, tolerance: Tolerance
) -> Visibility | None:
    """Return the visibility that an object or its `meta` states by one of these names.

    What is hidden from customers by one name is never shown to them for want of another.
    """
    stated: Source = {}
    meta = data.get("meta")
    for each, at in ((meta if isinstance(meta, dict) else {}, (*place, "meta")), (data, place)):
        for name in NAMES:
            value = each.get(name)
            if value is None:
                continue
            stated[name] = value
            _check(name, value, (*at, name), tolerance)
    found = _meant(stated)
    if stated:
        meant = f"it is {found}" if found else "the default applies"
        tolerance.note(place, f"states its visibility by other names: {meant}")
    return found


def _check(name: str, value: object, place: Place, tolerance: Tolerance) -> None:
    if name == TYPE:
        if value not in list(Visibility):
            tolerance.refuse(place, "must be customer, embedded or organization")
    elif not isinstance(value, bool):
        tolerance.refuse(place, "must be true or false")


def _meant(stated: Source) -> Visibility | None:
    if stated.get(ORGANIZATION) is True:
        return Visibility.ORGANIZATION
    if stated.get(TYPE) in list(Visibility):
        return Visibility(stated[TYPE])
    customer = [stated[name] for name in CUSTOMER if name in stated]
    if True in customer:
        return Visibility.CUSTOMER
    if customer or stated.get(DEPLOYER) is True:
        return Visibility.EMBEDDED
    return None
