#!/bin/sh
# Takes an event for `channels.exec`: one line for each in the file that is named as its argument.
# An event may come twice, as after a power cut; one that is there already is passed over.
grep -qs "\"id\":\"$EC_EVENT_ID\"" "$1" && exit 0
{ cat; echo; } >> "$1" || exit 75 # "try again later"
