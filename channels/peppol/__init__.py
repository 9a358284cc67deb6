"""Peppol: hand-off to an access point over REST (phoss-ap, phase4-peppol-standalone).

    Parcel.key       SBDH InstanceIdentifier
    Parcel.content   the complete StandardBusinessDocument; sender, receiver and document type stand in it
    Parcel.address   not read; `receiver` (0208:0123456789) is for the log
    Receipt          signal `peppol.handed_over`: the AS4 receipt of the receiving access point
    Refused          signals `peppol.not_registered`, `peppol.no_document_type`, `peppol.not_serviced`, `peppol.refused`
    Notice           signals `peppol.mls.AP`, `peppol.mls.AB`, `peppol.mls.RE` (phoss-ap alone)

The AS4 exchange itself, its certificates and the Peppol PKI are the access point's: nobody sends on the network
without an accredited one (closed PKI).
"""

from channels.peppol.channel import CHANNEL

__all__ = ["CHANNEL"]
