package io.turnwise.topology.track;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import java.util.List;

/** Takes back what was published and is not believed any more, and confirms what is. Used once. */
final class Corrections {
  /** Windows that must follow before what was published of one is taken back. */
  private static final int SETTLED = 4;

  private final Call call;
  private final TrackerSettings settings;
  private final int channel;
  private final Publication publication;
  private final Published published;

  Corrections(Call call, int channel, Publication publication) {
    this.call = call;
    settings = call.settings;
    this.channel = channel;
    this.publication = publication;
    published = new Published(call);
  }

  /**
   * Takes back what was published and is not believed any more.
   *
   * @param ends whether nothing more comes on the deciding channel
   */
  void publish(boolean ends) {
    merges();
    call.untangle();
    for (int on : call.heardOn()) {
      reassignments(on, ends && on == channel);
    }
    call.untangle();
    retirements();
    confirmations();
  }

  /** Voices of which nothing is believed any more are the voice that most of them is. */
  private void merges() {
    int count = call.voices.size();
    int[][] together = new int[count][count];
    int[] believed = new int[count];
    for (ChannelMemory memory : call.channels.values()) {
      for (int i = 0; i < memory.windows().size(); i++) {
        count(together, believed, memory.published().get(i), memory.labels().get(i));
      }
      if (memory.speaker() >= 0 && memory.windows().isEmpty()) {
        believed[memory.speaker()]++;
      }
    }
    for (Passage passage : call.passages) {
      count(together, believed, passage.published(), passage.voice());
    }
    for (int v = 0; v < count; v++) {
      if (call.voices.get(v).isNamed() && believed[v] == 0) {
        int into = 0;
        int all = 0;
        for (int other = 0; other < count; other++) {
          into = together[v][other] > together[v][into] ? other : into;
          all += together[v][other];
        }
        boolean mostly = all > 0 && 5 * together[v][into] >= 4 * all;
        boolean staysEnrolled = call.voices.get(v).enrolled() && call.voices.get(into).isNamed();
        if (!staysEnrolled && (mostly || all > 0 && call.voices.get(v).confirmed())) {
          merge(v, into);
        }
      }
    }
  }

  private static void count(int[][] together, int[] believed, int published, int voice) {
    believed[voice]++;
    if (published >= 0) {
      together[published][voice]++;
    }
  }

  private void merge(int from, int into) {
    if (!call.voices.get(into).isNamed()) {
      // the name is known already: it stays with whom it is of
      Voice old = call.voices.get(from);
      Voice next = call.voices.get(into);
      call.voices.set(
          into,
          new Voice(old.name(), old.enrolled(), old.confirmed(), old.model(), next.channels()));
      call.voices.set(from, next);
    } else {
      publication.publish(
          ChangeType.MERGED,
          channel,
          published.firstPublished(from),
          Change.OPEN,
          into,
          publication.nameOf(from),
          !call.voices.get(into).confirmed(),
          DecisionKind.MATCH,
          Scores.NONE);
      call.voices.set(from, Voice.unnamed(call.voices.get(from).model(), channel));
    }
    rename(from, into);
  }

  /** What was published as one voice is another's from now on. */
  private void rename(int from, int into) {
    call.channels.replaceAll(
        (on, memory) -> {
          int[] published = memory.publishedArray();
          for (int i = 0; i < published.length; i++) {
            published[i] = published[i] == from ? into : published[i];
          }
          ChannelMemory next = memory.publishedAs(published);
          return memory.speaker() == from
              ? next.turned(into, memory.tentative(), memory.changedAt())
              : next;
        });
    for (int p = 0; p < call.passages.size(); p++) {
      if (call.passages.get(p).published() == from) {
        call.passages.set(p, call.passages.get(p).publishedAs(into));
      }
    }
  }

  private void reassignments(int on, boolean ends) {
    List<Stretch> stretches = published.stretches(on);
    int settled = stretches.size();
    if (!ends) {
      settled -= Math.min(call.windows(on).size(), SETTLED);
    }
    int to;
    for (int from = 0; from < stretches.size(); from = to) {
      Stretch first = stretches.get(from);
      to = from + 1;
      while (to < stretches.size()
          && stretches.get(to).voice() == first.voice()
          && stretches.get(to).published() == first.published()) {
        to++;
      }
      boolean known = first.published() != ChannelMemory.NOBODY;
      double weight = 0;
      for (Stretch stretch : stretches.subList(from, to)) {
        weight += stretch.weight();
      }
      if (known
          && first.voice() != first.published()
          && to <= settled
          && weight >= settings.reassignMass()) {
        reassign(on, stretches, from, to);
      }
    }
  }

  private void reassign(int on, List<Stretch> stretches, int from, int to) {
    Stretch first = stretches.get(from);
    boolean isNew = !call.voices.get(first.voice()).isNamed();
    if (isNew && to - from < settings.support() && first.isWindow()) {
      return;
    }
    long at = published.begin(on, stretches, first);
    long until = published.end(on, stretches, stretches.get(to - 1));
    if (until <= at) {
      return;
    }
    if (isNew) {
      publication.name(first.voice());
    }
    call.voices.set(first.voice(), call.voices.get(first.voice()).alsoOn(on));
    publication.publish(
        ChangeType.REASSIGNED,
        on,
        at,
        until,
        first.voice(),
        publication.nameOf(first.published()),
        !call.voices.get(first.voice()).confirmed(),
        DecisionKind.MATCH,
        Scores.NONE);
    for (Stretch stretch : stretches.subList(from, to)) {
      if (stretch.isWindow()) {
        ChannelMemory memory = call.channels.get(on);
        int[] published = memory.publishedArray();
        published[stretch.place()] = first.voice();
        call.channels.put(on, memory.publishedAs(published));
      } else {
        call.passages.set(
            stretch.place(), call.passages.get(stretch.place()).publishedAs(first.voice()));
      }
    }
  }

  /** Names nobody goes by any more. */
  private void retirements() {
    boolean[] used = new boolean[call.voices.size()];
    for (ChannelMemory memory : call.channels.values()) {
      if (memory.speaker() >= 0) {
        used[memory.speaker()] = true;
      }
      memory.labels().forEach(label -> used[label] = true);
      memory.published().stream().filter(label -> label >= 0).forEach(label -> used[label] = true);
    }
    for (Passage passage : call.passages) {
      used[passage.voice()] = true;
      if (passage.published() >= 0) {
        used[passage.published()] = true;
      }
    }
    for (int v = 0; v < used.length; v++) {
      Voice voice = call.voices.get(v);
      if (voice.isNamed() && !used[v]) {
        // of whom was confirmed all that was said has been taken back; who is enrolled may call
        // again
        if (!voice.confirmed() && !voice.enrolled()) {
          publication.publish(
              ChangeType.RETIRED,
              channel,
              0,
              Change.OPEN,
              v,
              "",
              false,
              DecisionKind.UNKNOWN,
              Scores.NONE);
        }
        call.voices.set(v, Voice.unnamed(voice.model(), channel));
      }
    }
  }

  /** Voices of which there is enough, in places enough. */
  private void confirmations() {
    int count = call.voices.size();
    double[] mass = new double[count];
    int[] places = new int[count];
    for (int on : call.heardOn()) {
      List<Window> windows = call.windows(on);
      int last = ChannelMemory.NOBODY;
      for (Stretch stretch : published.stretches(on)) {
        int v = stretch.voice();
        if (v == stretch.published()) {
          mass[v] += stretch.weight();
          places[v] += last == v ? 0 : 1;
          if (!stretch.isWindow()) {
            places[v] += call.passages.get(stretch.place()).places() - 1;
          } else if (last == v && stretch.place() > 0) {
            places[v] +=
                windows.get(stretch.place() - 1).pausesBefore(windows.get(stretch.place()));
          }
        }
        last = v;
      }
    }
    for (int v = 0; v < count; v++) {
      Voice voice = call.voices.get(v);
      if (voice.isNamed()
          && !voice.confirmed()
          && mass[v] * Piece.SECONDS >= settings.confirmSeconds()
          && places[v] >= settings.confirmPlaces()) {
        call.voices.set(v, voice.alsoConfirmed());
        publication.publish(
            ChangeType.CONFIRMED,
            channel,
            published.firstHeard(v),
            Change.OPEN,
            v,
            "",
            false,
            DecisionKind.MATCH,
            Scores.NONE);
      }
    }
  }
}
