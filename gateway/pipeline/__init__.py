"""The hops after intake. One hop, one function: claim the rows, do the work, move, write the event, commit.

read       hop 2a  bytes -> documents in their canonical form, checked
prepare    hop 2b  a document -> its way, and a sealed parcel
dispatch   hop 3   a parcel -> the other side; the only hop that talks to the world
absorb     hop 4   what the other side says later -> the axes
timers     hop 4   what silence means: late, or delivered as far as anybody can tell
clockwork  what is due, looked for every second
jobs       the hops as jobs of the engine
house      what the hops need of the rooms around them
"""
