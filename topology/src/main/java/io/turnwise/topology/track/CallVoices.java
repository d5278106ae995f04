package io.turnwise.topology.track;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The voices of one call and what is known of each of its channels. Immutable. Made of parts that
 * are stored by themselves, so that a segment rewrites only what it touched: the head, which
 * changes with each published event only; one {@link ChannelMemory} without its windows; one {@link
 * Window}; and at most the one {@link Passage} that takes an old window in.
 *
 * @param revision number of changes published so far
 * @param names number of voices that were given a name of the call's own
 * @param models fingerprints of the models heard
 * @param voices the voices by number
 * @param channels the channels heard and not ended
 * @param passages what was heard before the channels' windows, in the order in which it left them
 */
public record CallVoices(
    long revision,
    int names,
    List<String> models,
    List<Voice> voices,
    SortedMap<Integer, ChannelMemory> channels,
    List<Passage> passages) {
  private static final byte VERSION = 2;
  private static final CallVoices NONE =
      new CallVoices(0, 0, List.of(), List.of(), new TreeMap<>(), List.of());

  /** A call nothing was heard of. */
  public static CallVoices none() {
    return NONE;
  }

  /** Whether nothing needs to be remembered: no channel is open. */
  boolean isEmpty() {
    return channels.isEmpty();
  }

  byte[] headBytes() {
    int size = 1 + 8 + 4 + 2 + 2 + 2 + 2 + channels.size();
    List<byte[]> texts = new ArrayList<>();
    for (String model : models) {
      byte[] text = model.getBytes(StandardCharsets.UTF_8);
      texts.add(text);
      size += 2 + text.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION).putLong(revision).putInt(names).putShort((short) voices.size());
    out.putShort((short) models.size());
    texts.forEach(text -> out.putShort((short) text.length).put(text));
    out.putShort((short) passages.size()).putShort((short) channels.size());
    channels.keySet().forEach(channel -> out.put(channel.byteValue()));
    return out.array();
  }

  /** Where the stored parts are read from. */
  interface Parts {
    byte[] channel(int channel);

    byte[] window(int channel, int slot);

    byte[] voice(int number);

    byte[] passage(int number);
  }

  static CallVoices fromBytes(byte[] head, Parts parts) {
    ByteBuffer in = ByteBuffer.wrap(head);
    Serial.requireVersion("call", VERSION, in.get());
    long revision = in.getLong();
    int names = in.getInt();
    int voiceCount = in.getShort() & 0xFFFF;
    int modelCount = in.getShort() & 0xFFFF;
    List<String> models = new ArrayList<>(modelCount);
    for (int i = 0; i < modelCount; i++) {
      byte[] text = new byte[in.getShort() & 0xFFFF];
      in.get(text);
      models.add(new String(text, StandardCharsets.UTF_8));
    }
    int passageCount = in.getShort() & 0xFFFF;
    SortedMap<Integer, ChannelMemory> channels = new TreeMap<>();
    int channelCount = in.getShort() & 0xFFFF;
    for (int i = 0; i < channelCount; i++) {
      int channel = in.get() & 0xFF;
      channels.put(
          channel,
          ChannelMemory.fromBytes(parts.channel(channel), slot -> parts.window(channel, slot)));
    }
    Serial.requireEnd("call", in);
    List<Voice> voices = new ArrayList<>(voiceCount);
    for (int number = 0; number < voiceCount; number++) {
      voices.add(Voice.fromBytes(parts.voice(number)));
    }
    List<Passage> passages = new ArrayList<>(passageCount);
    for (int number = 0; number < passageCount; number++) {
      passages.add(Passage.fromBytes(parts.passage(number)));
    }
    CallVoices call =
        new CallVoices(
            revision,
            names,
            List.copyOf(models),
            List.copyOf(voices),
            channels,
            List.copyOf(passages));
    call.requireReferences();
    return call;
  }

  /**
   * What refers to a part that is not there would fail in mid-call, as if a record were at fault.
   */
  private void requireReferences() {
    Serial.require(revision >= 0 && names >= 0, "call", "negative counts");
    for (Voice voice : voices) {
      requireModel(voice.model());
    }
    for (ChannelMemory memory : channels.values()) {
      requireModel(memory.model());
      requirePublished(memory.speaker());
      memory.labels().forEach(this::requireVoice);
      memory.published().forEach(this::requirePublished);
    }
    Map<Integer, Integer> dimensions = new HashMap<>();
    for (Passage passage : passages) {
      requireModel(passage.model());
      requireVoice(passage.voice());
      requirePublished(passage.published());
      Integer dimension = dimensions.putIfAbsent(passage.model(), passage.vector().length);
      Serial.require(
          dimension == null || dimension == passage.vector().length,
          "call",
          "vectors of two lengths");
    }
  }

  private void requireModel(int model) {
    Serial.require(model >= 0 && model < models.size(), "call", "a model that is not there");
  }

  private void requireVoice(int voice) {
    Serial.require(voice >= 0 && voice < voices.size(), "call", "a voice that is not there");
  }

  private void requirePublished(int voice) {
    Serial.require(
        voice >= ChannelMemory.UNKNOWN && voice < voices.size(),
        "call",
        "a voice that is not there");
  }
}
