"""The faults of ``python -m tests.faults.planted`` can be planted; that they are caught, the command shows."""

import pytest

from tests.faults.fault import Fault
from tests.faults.planted import misfits, planted
from tests.faults.planted_faults import FAULTS


def test_there_are_enough_faults_and_each_has_a_name() -> None:
    assert len(FAULTS) >= 15
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fault_can_be_planted(fault: Fault) -> None:
    assert not misfits(fault)
    with planted(fault) as folder:
        sources = [file.read_text(encoding="utf-8") for file in folder.rglob("projection/**/*.py")]
    for source in sources:
        compile(source, fault.name, "exec")
    for patch in fault.patches:
        assert any(patch.new in source for source in sources)
