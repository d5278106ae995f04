package io.turnwise.topology.track;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A call's voices as bytes only, part by part, as the store has them. */
final class StoredVoices {
  private byte[] head = new byte[0];
  private final Map<List<Integer>, byte[]> parts = new HashMap<>();

  static StoredVoices of(CallVoices voices) {
    StoredVoices stored = new StoredVoices();
    stored.write(voices);
    return stored;
  }

  void write(CallVoices voices) {
    parts.clear();
    head = voices.headBytes();
    for (int v = 0; v < voices.voices().size(); v++) {
      parts.put(List.of(v), voices.voices().get(v).toBytes());
    }
    for (int p = 0; p < voices.passages().size(); p++) {
      parts.put(List.of(-1, p), voices.passages().get(p).toBytes());
    }
    voices
        .channels()
        .forEach(
            (channel, memory) -> {
              parts.put(List.of(channel, -1), memory.toBytes());
              int count = memory.windows().size();
              for (int i = 0; i < count; i++) {
                parts.put(
                    List.of(channel, ChannelMemory.slot(memory.heard() - count + i)),
                    memory.windows().get(i).toBytes());
              }
            });
  }

  CallVoices read() {
    if (head.length == 0) {
      return CallVoices.none();
    }
    return CallVoices.fromBytes(
        head,
        new CallVoices.Parts() {
          @Override
          public byte[] channel(int channel) {
            return parts.get(List.of(channel, -1));
          }

          @Override
          public byte[] window(int channel, int slot) {
            return parts.get(List.of(channel, slot));
          }

          @Override
          public byte[] voice(int number) {
            return parts.get(List.of(number));
          }

          @Override
          public byte[] passage(int number) {
            return parts.get(List.of(-1, number));
          }
        });
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredVoices that
        && Arrays.equals(head, that.head)
        && parts.keySet().equals(that.parts.keySet())
        && parts.entrySet().stream()
            .allMatch(part -> Arrays.equals(part.getValue(), that.parts.get(part.getKey())));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(head);
  }

  int bytes() {
    return head.length + parts.values().stream().mapToInt(part -> part.length).sum();
  }
}
