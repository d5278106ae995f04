package io.turnwise.serdes;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/** What the values of each of Turnwise's topics are. */
public enum Contract {
  /** Audio in: {@link AudioChunk}, key call id. */
  AUDIO_CHUNKS("audio-chunks", AudioChunk.class),
  /** Voices out: {@link SpeakerEmbedding}, key call id. */
  SPEAKER_EMBEDDINGS("speaker-embeddings", SpeakerEmbedding.class),
  /** Who speaks, out: {@link SpeakerChange}, key call id. */
  SPEAKER_CHANGES("speaker-changes", SpeakerChange.class),
  /** Enrolled voices, in: {@link EnrolledVoice}, key speaker id, compacted. */
  SPEAKER_REGISTRY("speaker-registry", EnrolledVoice.class),
  /** Records that could not be used, out: {@link DeadLetter}, key of that record. */
  DEAD_LETTERS("dead-letters", DeadLetter.class);

  private final String topic;
  private final Class<? extends SpecificRecord> type;

  Contract(String topic, Class<? extends SpecificRecord> type) {
    this.topic = topic;
    this.type = type;
  }

  /** The topic's name where the settings give no other. */
  public String topic() {
    return topic;
  }

  /** The class of the topic's values. */
  public Class<? extends SpecificRecord> type() {
    return type;
  }

  /** The schema this version writes with and reads into. */
  public Schema schema() {
    // Who has the schema makes records of it, which Avro allows for trusted classes only.
    TrustedClasses.install();
    return SpecificData.get().getSchema(type);
  }
}
