package io.turnwise.topology.track;

import io.turnwise.topology.Names;
import io.turnwise.topology.UnreadableState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps {@link CallVoices} part by part. A key is the call id in UTF-8, a zero byte, the kind of
 * the part and two numbers: as the last four bytes are always these, no two calls' keys are equal
 * whatever characters their ids have.
 */
final class VoiceStore {
  private static final char HEAD = 'h';
  private static final char CHANNEL = 'c';
  private static final char WINDOW = 'w';
  private static final char VOICE = 'v';
  private static final char PASSAGE = 'p';
  private static final int TAIL = 4;

  private final KeyValueStore<Bytes, byte[]> store;

  VoiceStore(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
  }

  CallVoices get(String call) {
    byte[] head = store.get(key(call, HEAD, 0, 0));
    if (head == null) {
      return CallVoices.none();
    }
    try {
      return CallVoices.fromBytes(head, parts(call));
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      throw UnreadableState.damaged(Names.TRACK_VOICES, "what is known of a call", e);
    }
  }

  private CallVoices.Parts parts(String call) {
    return new CallVoices.Parts() {
      @Override
      public byte[] channel(int channel) {
        return store.get(key(call, CHANNEL, channel, 0));
      }

      @Override
      public byte[] window(int channel, int slot) {
        return store.get(key(call, WINDOW, channel, slot));
      }

      @Override
      public byte[] voice(int number) {
        return store.get(key(call, VOICE, number, 0));
      }

      @Override
      public byte[] passage(int number) {
        return store.get(key(call, PASSAGE, number, 0));
      }
    };
  }

  /** Whether this release reads every part, before any of them is needed. */
  void requireReadable() {
    try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> part = all.next();
        byte[] key = part.key.get();
        if (key.length >= TAIL && key[key.length - TAIL + 1] == HEAD) {
          get(new String(key, 0, key.length - TAIL, StandardCharsets.UTF_8));
        }
      }
    }
  }

  /** Writes what is not as it was before. */
  void put(String call, CallVoices before, CallVoices after) {
    byte[] head = after.headBytes();
    if (!after.isEmpty()) {
      if (before.isEmpty() || !Arrays.equals(head, before.headBytes())) {
        store.put(key(call, HEAD, 0, 0), head);
      }
    } else if (!before.isEmpty()) {
      store.delete(key(call, HEAD, 0, 0));
    }
    after.channels().forEach((channel, memory) -> put(call, channel, before, memory));
    put(call, VOICE, before.voices(), after.voices(), Voice::toBytes);
    put(call, PASSAGE, before.passages(), after.passages(), Passage::toBytes);
    before
        .channels()
        .forEach(
            (channel, memory) -> {
              if (!after.channels().containsKey(channel)) {
                store.delete(key(call, CHANNEL, channel, 0));
                slots(memory).forEach(slot -> store.delete(key(call, WINDOW, channel, slot)));
              }
            });
  }

  private <T> void put(
      String call, char kind, List<T> before, List<T> after, Function<T, byte[]> bytes) {
    for (int number = 0; number < after.size(); number++) {
      if (number >= before.size() || before.get(number) != after.get(number)) {
        store.put(key(call, kind, number, 0), bytes.apply(after.get(number)));
      }
    }
    for (int number = after.size(); number < before.size(); number++) {
      store.delete(key(call, kind, number, 0));
    }
  }

  private void put(String call, int channel, CallVoices before, ChannelMemory memory) {
    ChannelMemory old = before.channels().get(channel);
    if (old == memory) {
      return;
    }
    store.put(key(call, CHANNEL, channel, 0), memory.toBytes());
    List<Window> windows = memory.windows();
    Set<Window> stored = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Integer> free = new HashSet<>();
    if (old != null) {
      stored.addAll(old.windows());
      free.addAll(slots(old));
    }
    for (int i = 0; i < windows.size(); i++) {
      int slot = ChannelMemory.slot(memory.heard() - windows.size() + i);
      free.remove(slot);
      if (!stored.contains(windows.get(i))) {
        store.put(key(call, WINDOW, channel, slot), windows.get(i).toBytes());
      }
    }
    free.forEach(slot -> store.delete(key(call, WINDOW, channel, slot)));
  }

  /** Where a channel's windows are stored. */
  private static List<Integer> slots(ChannelMemory memory) {
    return LongStream.range(memory.heard() - memory.windows().size(), memory.heard())
        .mapToObj(ChannelMemory::slot)
        .toList();
  }

  private static Bytes key(String call, char kind, int first, int second) {
    byte[] id = call.getBytes(StandardCharsets.UTF_8);
    byte[] key = Arrays.copyOf(id, id.length + TAIL);
    key[id.length + 1] = (byte) kind;
    key[id.length + 2] = (byte) first;
    key[id.length + 3] = (byte) second;
    return Bytes.wrap(key);
  }
}
