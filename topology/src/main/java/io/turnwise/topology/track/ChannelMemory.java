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
 * @param speaker number of the voice last published; {@link #NOBODY} before
 * @param changedAt media time of the last change published
 * @param heard number of windows heard so far with this model
 * @param windows the latest of them, oldest first
 * @param labels whose each of them is, as far as is known: the numbers of voices
 */
public record ChannelMemory(
    Role role,
    int model,
    int speaker,
    long changedAt,
    long heard,
    List<Window> windows,
    List<Integer> labels) {
  static final int NOBODY = -1;

  /** Before any media time. */
  private static final long BEFORE = -1;

  private static final byte VERSION = 1;

  static ChannelMemory first(Role role, int model) {
    return new ChannelMemory(role, model, NOBODY, BEFORE, 0, List.of(), List.of());
  }

  /** The memory for segments of a model: without the windows, if they are of another. */
  ChannelMemory with(int newModel) {
    return newModel == model
        ? this
        : new ChannelMemory(role, newModel, speaker, changedAt, 0, List.of(), List.of());
  }

  /** The memory with one window more. */
  ChannelMemory heard(Role newRole, List<Window> newWindows, int[] newLabels) {
    return new ChannelMemory(
        newRole,
        model,
        speaker,
        changedAt,
        heard + 1,
        List.copyOf(newWindows),
        Arrays.stream(newLabels).boxed().toList());
  }

  /** The memory after a change was published. */
  ChannelMemory turned(int newSpeaker, long at) {
    return new ChannelMemory(role, model, newSpeaker, at, heard, windows, labels);
  }

  /** The memory with one voice taken for another. */
  ChannelMemory relabelled(int from, int to) {
    return new ChannelMemory(
        role,
        model,
        speaker,
        changedAt,
        heard,
        windows,
        labels.stream().map(label -> label == from ? to : label).toList());
  }

  /** Everything but the windows, which are stored by themselves. */
  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(1 + 1 + 2 + 2 + 8 + 8 + 2 + 2 * labels.size());
    out.put(VERSION).put((byte) role.ordinal()).putShort((short) model).putShort((short) speaker);
    out.putLong(changedAt).putLong(heard).putShort((short) labels.size());
    labels.forEach(label -> out.putShort(label.shortValue()));
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
    long changedAt = in.getLong();
    long heard = in.getLong();
    int count = in.getShort();
    List<Integer> labels = new ArrayList<>(count);
    List<Window> windows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      labels.add((int) in.getShort());
      windows.add(Window.fromBytes(slots.get(slot(heard - count + i))));
    }
    return new ChannelMemory(
        role, model, speaker, changedAt, heard, List.copyOf(windows), List.copyOf(labels));
  }
}
