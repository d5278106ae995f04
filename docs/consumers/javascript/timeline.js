// Who speaks when in one call, as its events so far say: the best current answer.

/** Ends an interval that goes on until an event ends it. */
export const OPEN = Number.MAX_SAFE_INTEGER;

/**
 * The labels of one call's channels. A label is a speaker's name, or null where nobody may be
 * named; each channel has one for every moment from 0 on, null at first.
 */
export class Timeline {
  #call;
  #revision;
  // By channel: intervals in order, without gaps, the last one open.
  #channels = new Map();

  /**
   * @param call the call's id
   * @param revision the last revision that is known to be lost, 0 where none is: what it and those
   *     before it said of the call stays unknown
   */
  constructor(call, revision = 0) {
    this.#call = call;
    this.#revision = revision;
  }

  get revision() {
    return this.#revision;
  }

  /** The channels that events spoke of, ascending. */
  get channels() {
    return [...this.#channels.keys()].sort((a, b) => a - b);
  }

  /** A channel's labels: [{from, until, speaker}], times in milliseconds, neighbours different. */
  intervals(channel) {
    return (this.#channels.get(channel) ?? [{ from: 0, until: OPEN, speaker: null }]).map(
      (interval) => ({ ...interval }),
    );
  }

  /**
   * Applies the call's next event.
   *
   * @return false for one that was applied before, which changes nothing
   * @throws RangeError where one before it is missing
   */
  apply(event) {
    if (event.call !== this.#call) {
      throw new RangeError(`an event of call ${event.call} on the timeline of ${this.#call}`);
    }
    if (event.revision <= this.#revision) {
      return false;
    }
    if (event.revision !== this.#revision + 1) {
      throw new RangeError(
        `revision ${event.revision} follows ${this.#revision}: read from the call's beginning`,
      );
    }
    const { type, channel, atMillis: at, speaker, previousSpeaker: previous } = event;
    this.#relabel(channel, OPEN, OPEN, () => null);
    switch (type) {
      case "CHANGED":
        this.#relabel(channel, at, OPEN, () => speaker);
        break;
      case "REASSIGNED":
        this.#relabel(channel, at, event.untilMillis, (was) => (was === previous ? speaker : was));
        break;
      case "MERGED":
        for (const each of this.channels) {
          this.#relabel(each, at, OPEN, (was) => (was === previous ? speaker : was));
        }
        break;
      default:
      // CONFIRMED and RETIRED change no label; a type newer than this consumer is none it knows.
    }
    this.#revision = event.revision;
    return true;
  }

  /** Cuts a channel's labels at from and until, renames what lies between, joins equal neighbours. */
  #relabel(channel, from, until, rename) {
    const joined = [];
    for (const interval of this.intervals(channel)) {
      const cuts = [from, until].filter((at) => interval.from < at && at < interval.until);
      const edges = [interval.from, ...cuts, interval.until];
      for (let i = 0; i + 1 < edges.length; i++) {
        const inside = edges[i] >= from && edges[i] < until;
        const speaker = inside ? rename(interval.speaker) : interval.speaker;
        const last = joined.at(-1);
        if (last !== undefined && last.speaker === speaker) {
          last.until = edges[i + 1];
        } else {
          joined.push({ from: edges[i], until: edges[i + 1], speaker });
        }
      }
    }
    this.#channels.set(channel, joined);
  }
}
