package io.turnwise.topology.track;

import io.turnwise.avro.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the tracker remembers of one channel. Immutable.
 *
 * @param role whose side of the call the channel carries
 * @param model index of the model of its windows in {@link CallVoices#models()}
 * @param speaker number of the voice last published, {@link #UNKNOWN} where that was nobody to be
 *     named; {@link #NOBODY} before
 * @param tentative whether the last change rests on one segment
 * @param changedAt media time of the last change published
 * @param heard number of windows heard so far with this model
 * @param windows the latest of them, oldest first
 * @param labels whose each of them is, as far as is known: the numbers of voices
 * @param published whose each of them was published as: numbers as of {@code speaker}
 */
public record ChannelMemory(
    Role role,
    int model,
    int speaker,
    boolean tentative,
    long changedAt,
    long heard,
    List<Window> windows,
    List<Integer> labels,
    List<Integer> published) {
  static final int NOBODY = -1;
  static final int UNKNOWN = -2;

  /** Before any media time. */
  private static final long BEFORE = -1;

  private static final byte VERSION = 2;

  static ChannelMemory first(Role role, int model) {
    return new ChannelMemory(
        role, model, NOBODY, false, BEFORE, 0, List.of(), List.of(), List.of());
  }

  /** The memory with these windows, labelled anew. */
  ChannelMemory with(long nowHeard, List<Window> windows, int[] labels, int[] published) {
    return new ChannelMemory(
        role,
        model,
        speaker,
        tentative,
        changedAt,
        nowHeard,
        List.copyOf(windows),
        Arrays.stream(labels).boxed().toList(),
        Arrays.stream(published).boxed().toList());
  }

  ChannelMemory labelled(int[] labels) {
    return with(heard, windows, labels, publishedArray());
  }

  ChannelMemory publishedAs(int[] published) {
    return with(heard, windows, labelArray(), published);
  }

  /** The memory for a channel's role and model as they are now. */
  ChannelMemory of(Role newRole, int newModel) {
    return new ChannelMemory(
        newRole, newModel, speaker, tentative, changedAt, heard, windows, labels, published);
  }

  /** The memory after a change was published. */
  ChannelMemory turned(int newSpeaker, boolean isTentative, long at) {
    return new ChannelMemory(
        role, model, newSpeaker, isTentative, at, heard, windows, labels, published);
  }

  int[] labelArray() {
    return labels.stream().mapToInt(Integer::intValue).toArray();
  }

  int[] publishedArray() {
    return published.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Everything but the windows, which are stored by themselves. */
  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(1 + 1 + 2 + 2 + 1 + 8 + 8 + 2 + 4 * labels.size());
    out.put(VERSION).put((byte) role.ordinal()).putShort((short) model).putShort((short) speaker);
    out.put((byte) (tentative ? 1 : 0)).putLong(changedAt).putLong(heard);
    out.putShort((short) labels.size());
    labels.forEach(label -> out.putShort(label.shortValue()));
    published.forEach(label -> out.putShort(label.shortValue()));
    return out.array();
  }

  /** Slot in which a window is stored: its number modulo the most that are kept. */
  static int slot(long number) {
    return (int) (number % TrackerSettings.WINDOWS);
  }

  /** Where stored windows are read from, by slot. */
  interface Slots {
    byte[] get(int slot);
  }

  static ChannelMemory fromBytes(byte[] bytes, Slots slots) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Serial.requireVersion("channel", VERSION, in.get());
    Role role = Role.values()[in.get()];
    int model = in.getShort();
    int speaker = in.getShort();
    boolean tentative = in.get() == 1;
    long changedAt = in.getLong();
    long heard = in.getLong();
    int count = in.getShort();
    List<Integer> labels = new ArrayList<>(count);
    List<Integer> published = new ArrayList<>(count);
    List<Window> windows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      labels.add((int) in.getShort());
      windows.add(Window.fromBytes(slots.get(slot(heard - count + i))));
    }
    for (int i = 0; i < count; i++) {
      published.add((int) in.getShort());
    }
    Serial.requireEnd("channel", in);
    Serial.require(heard >= count, "channel", "more windows than were heard");
    int dimension = windows.isEmpty() ? 0 : windows.get(0).vector().length;
    for (Window window : windows) {
      Serial.require(window.vector().length == dimension, "channel", "vectors of two lengths");
    }
    return new ChannelMemory(
        role,
        model,
        speaker,
        tentative,
        changedAt,
        heard,
        List.copyOf(windows),
        List.copyOf(labels),
        List.copyOf(published));
  }
}
