package io.turnwise.app.play;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.Encoding;
import io.turnwise.inference.audio.WavFile;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * One channel of a recording cut into the chunks a telephone system would send: 20 ms each, coded
 * as in the file, the rest in the last. Not thread-safe.
 */
public final class Chunks implements Iterator<AudioChunk> {
  private static final int CHUNKS_A_SECOND = 50;

  private final Recording recording;
  private final int channel;
  private final Instant start;
  private final byte[] bytes;
  private final int bytesPerSample;
  private final int samplesPerChunk;
  private int position;
  private long sequence;

  /**
   * @param channel channel of the file, from 0
   * @param start when the recording's first sample counts as captured
   */
  public Chunks(Recording recording, int channel, Instant start) {
    WavFile audio = recording.audio();
    this.recording = recording;
    this.channel = channel;
    this.start = start;
    this.bytes = audio.channel(channel);
    this.bytesPerSample = audio.encoding().bytesPerSample();
    this.samplesPerChunk = audio.sampleRate() / CHUNKS_A_SECOND;
  }

  @Override
  public boolean hasNext() {
    return position * bytesPerSample < bytes.length;
  }

  /** Media time, in seconds, at which a source would have the next chunk complete. */
  public double nextCompleteAt() {
    return (double) (position + nextSamples()) / recording.audio().sampleRate();
  }

  @Override
  public AudioChunk next() {
    if (!hasNext()) {
      throw new NoSuchElementException("channel " + channel + " is at its end");
    }
    int samples = nextSamples();
    int from = position * bytesPerSample;
    int length = samples * bytesPerSample;
    int rate = recording.audio().sampleRate();
    AudioChunk chunk =
        AudioChunk.newBuilder()
            .setCallId(recording.callId())
            .setChannel(recording.firstChannel() + channel)
            .setSequence(sequence++)
            .setPosition(position)
            .setCapturedAt(start.plusMillis(position * 1000L / rate))
            .setEncoding(encoding())
            .setSampleRate(rate)
            .setPayload(ByteBuffer.wrap(bytes, from, length).slice())
            .setLast(from + length == bytes.length)
            .build();
    position += samples;
    return chunk;
  }

  private int nextSamples() {
    return Math.min(samplesPerChunk, bytes.length / bytesPerSample - position);
  }

  private Encoding encoding() {
    return switch (recording.audio().encoding()) {
      case PCM_S16LE -> Encoding.PCM_S16LE;
      case MULAW -> Encoding.MULAW;
      case ALAW -> Encoding.ALAW;
    };
  }
}
