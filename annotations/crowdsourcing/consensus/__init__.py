"""How answers of several people become one: a method is one file and one line here."""

from annotations.crowdsourcing.consensus.base import ConsensusMethod
from annotations.crowdsourcing.consensus.majority import Majority

CONSENSUS_METHODS: dict[str, ConsensusMethod] = {"majority": Majority()}
