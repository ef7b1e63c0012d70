"""Why something is not done or shown, in words that several products share."""

from __future__ import annotations

from dashboard.language import N_

FOR_GOOD = N_("a job that has not failed is deleted for good")
TOO_LARGE = N_("too large to be read here")
TAKEN = N_("job %(job)s was taken by a worker, or lies far from both ends of its queue; nothing was changed")
HELD = N_("a worker may hold a delayed job in its memory and run it all the same")
ASKED_TO_STOP = N_("the worker is told to stop the job; what it has done is not taken back")
ONLY_SOME_STOP = N_("only workers with allow_abort_jobs stop a job; what it has done is not taken back")
OBJECTS = N_("its arguments hold objects that only the application can make")
UNREADABLE = N_("it is neither JSON nor a pickle that can be read")
