"""SDI, the Italian exchange system, over SdICoop: uploads by RiceviFile.

    Parcel.key       the file name, `IT01234567890_00001.xml`: never used before, fixed before the first byte leaves
    Parcel.content   the sealed FatturaPA file
    Parcel.address   not read; SDI routes by what stands in the file
    Receipt          signal `sdi.accepted`, reference IdentificativoSdI: taken, not yet checked
    Refused          signal `sdi.refused`
    Notice           none: SDI pushes its notices to the house's own door

Ports that the wiring lends: see `ports`.
"""

from channels.sdi.channel import CHANNEL

__all__ = ["CHANNEL"]
