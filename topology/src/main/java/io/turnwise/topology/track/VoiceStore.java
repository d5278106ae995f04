package io.turnwise.topology.track;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps {@link CallVoices} part by part. A key is the call id in UTF-8, a zero byte, the kind of
 * the part and its number: as the last three bytes are always these, no two calls' keys are equal
 * whatever characters their ids have.
 */
final class VoiceStore {
  private static final char HEAD = 'h';
  private static final char CHANNEL = 'c';
  private static final char TENTATIVE = 't';
  private static final char VOICE = 'v';

  private final KeyValueStore<Bytes, byte[]> store;

  VoiceStore(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
  }

  CallVoices get(String call) {
    byte[] head = store.get(key(call, HEAD, 0));
    if (head == null) {
      return CallVoices.none();
    }
    return CallVoices.fromBytes(
        head,
        new CallVoices.Parts() {
          @Override
          public byte[] channel(int channel) {
            return store.get(key(call, CHANNEL, channel));
          }

          @Override
          public byte[] tentative(int channel) {
            return store.get(key(call, TENTATIVE, channel));
          }

          @Override
          public byte[] voice(int number) {
            return store.get(key(call, VOICE, number));
          }
        });
  }

  /** Writes what is not as it was before. */
  void put(String call, CallVoices before, CallVoices after) {
    byte[] head = after.headBytes();
    if (!after.isEmpty()) {
      if (before.isEmpty() || !Arrays.equals(head, before.headBytes())) {
        store.put(key(call, HEAD, 0), head);
      }
    } else if (!before.isEmpty()) {
      store.delete(key(call, HEAD, 0));
    }
    for (Map.Entry<Integer, ChannelTrack> entry : after.channels().entrySet()) {
      if (before.channels().get(entry.getKey()) != entry.getValue()) {
        store.put(key(call, CHANNEL, entry.getKey()), entry.getValue().toBytes());
      }
    }
    for (Map.Entry<Integer, Voice> entry : after.tentative().entrySet()) {
      if (before.tentative().get(entry.getKey()) != entry.getValue()) {
        store.put(key(call, TENTATIVE, entry.getKey()), entry.getValue().toBytes());
      }
    }
    for (int number = 0; number < after.voices().size(); number++) {
      if (number >= before.voices().size()
          || before.voices().get(number) != after.voices().get(number)) {
        store.put(key(call, VOICE, number), after.voices().get(number).toBytes());
      }
    }
    before.channels().keySet().stream()
        .filter(channel -> !after.channels().containsKey(channel))
        .forEach(channel -> store.delete(key(call, CHANNEL, channel)));
    before.tentative().keySet().stream()
        .filter(channel -> !after.tentative().containsKey(channel))
        .forEach(channel -> store.delete(key(call, TENTATIVE, channel)));
    for (int number = after.voices().size(); number < before.voices().size(); number++) {
      store.delete(key(call, VOICE, number));
    }
  }

  private static Bytes key(String call, char kind, int number) {
    byte[] id = call.getBytes(StandardCharsets.UTF_8);
    byte[] key = Arrays.copyOf(id, id.length + 3);
    key[id.length + 1] = (byte) kind;
    key[id.length + 2] = (byte) number;
    return Bytes.wrap(key);
  }
}
