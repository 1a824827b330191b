"""What a checkpoint is expected to take of its vault, as sentences for people."""

from cbr_desktop.text.catalogue import _, joined, sentences
from cbr_desktop.text.states import counted, gb_words, percent_words
from cbr_desktop.workflows.preflight import Basis, Estimate


def estimate_sentence(estimate: Estimate | None) -> str:
    """Return what would be backed up and what it may take; nothing is told that is not known."""
    if estimate is None:
        return _("Ready, but nothing is known of the vault.")
    resources = counted("{count} resource", "{count} resources", estimate.asked)
    ready = _("Ready: {count} of {resources} will be backed up.")
    if not estimate.additions:
        return ready.format(count=0, resources=resources)
    sizes, vault = _bracket(estimate), _gauge_words(estimate)
    adding = (
        _("Ready: {count} of {resources} will be backed up, adding {size}; {vault}.")
        if vault
        else _("Ready: {count} of {resources} will be backed up, adding {size}.")
    )
    said = adding.format(count=len(estimate.additions), resources=resources, size=sizes, vault=vault)
    return sentences(said, *_assumed(estimate))


def _bracket(estimate: Estimate) -> str:
    low, high = gb_words(estimate.low_gb), gb_words(estimate.high_gb)
    if not estimate.low_gb:
        return _("up to {high}").format(high=high)
    return high if low == high else _("{low} to {high}").format(low=low, high=high)


def _gauge_words(estimate: Estimate) -> str:
    added = (0.0, estimate.low_gb, estimate.high_gb)
    percents = [estimate.percent_with(gb) for gb in added]
    if None in percents:
        return ""
    now, low, high = (percent_words(percent) for percent in percents if percent is not None)
    if low == high:
        return _("the vault goes from {now} to {high}").format(now=now, high=high)
    return _("the vault goes from {now} to between {low} and {high}").format(now=now, low=low, high=high)


def _assumed(estimate: Estimate) -> list[str]:
    """Return what an estimate rests on, sentence by sentence."""
    bases = {each.basis for each in estimate.additions}
    grounds = []
    if Basis.FIRST in bases:
        grounds.append(_("a first backup is full"))
    if bases & {Basis.FIRST, Basis.FULL}:
        grounds.append(_("a full backup takes no more than its disks hold"))
    if Basis.HISTORY in bases:
        grounds.append(_("an incremental backup takes up to twice the mean of the earlier ones"))
    said = [_("Assumed: {grounds}.").format(grounds=joined(grounds))] if grounds else []
    if Basis.NO_HISTORY in bases:
        said.append(_("The service does not tell the size of earlier backups."))
    if Basis.HISTORY in bases:
        percent = estimate.percent_with(estimate.worst_gb)
        worst = (
            _("If everything has changed, it is {size}.")
            if percent is None
            else _("If everything has changed, it is {size}, {share}.")
        )
        share = "" if percent is None else percent_words(percent)
        said.append(worst.format(size=gb_words(estimate.worst_gb), share=share))
    return said
