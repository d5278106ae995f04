package io.turnwise.topology.segment;

import io.turnwise.avro.Role;
import io.turnwise.topology.Names;
import io.turnwise.topology.UnreadableState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * All of a channel's timeline but its audio, as of its last event; with the audio chunks retained
 * beside it, the timeline can be restored bit for bit. Small, because it is rewritten once a hop.
 *
 * @param openedAt offset of the record that opened the channel: prefix of its chunks' keys
 * @param capturedBase capture time the chunks' times are stored relative to
 * @param capturedTo capture time at consumedTo
 * @param phase whether audio flows
 * @param index index of the next segment
 * @param gridStart where the present grid of segments began, on the 16 kHz timeline
 * @param heardTo end of the last segment of the grid, or gridStart
 * @param nextStart start of the next segment
 * @param retainFrom the first sample at 16 kHz that may still be needed
 * @param runRate sample rate of the run that holds retainFrom; 0 where nothing is retained
 * @param runStart position, at runRate, at which that run began
 * @param consumedRate sample rate of consumedTo
 * @param consumedTo the position up to which the timeline had been put in order
 * @param lost ranges that were taken as lost, most recent last, in 16 kHz samples: begin, end, ...
 * @param gateName which gate wrote gateState
 */
record Checkpoint(
    long openedAt,
    long capturedBase,
    long capturedTo,
    Role role,
    Phase phase,
    long index,
    long gridStart,
    long heardTo,
    long nextStart,
    long retainFrom,
    int runRate,
    long runStart,
    int consumedRate,
    long consumedTo,
    List<Long> lost,
    String gateName,
    byte[] gateState) {
  private static final int VERSION = 1;
  private static final String WHAT = "the checkpoint of a channel";

  /** Past every sample there can be: of the largest position at the least rate, at 16 kHz. */
  private static final long END = 4 * Chunk.MAX_POSITION;

  Checkpoint {
    require("openedAt", openedAt, 0, Long.MAX_VALUE);
    require("index", index, 0, END);
    require("gridStart", gridStart, 0, END);
    require("heardTo", heardTo, gridStart, END);
    require("nextStart", nextStart, gridStart, END);
    require("retainFrom", retainFrom, 0, END);
    require("runRate", runRate, runRate == 0 ? 0 : Chunk.MIN_RATE, Chunk.MAX_RATE);
    require("runStart", runStart, 0, END);
    require("consumedRate", consumedRate, Chunk.MIN_RATE, Chunk.MAX_RATE);
    require("consumedTo", consumedTo, 0, END);
    if (lost.size() % 2 != 0) {
      throw new IllegalArgumentException("lost: " + lost.size() + " bounds are not in pairs");
    }
  }

  /** The states of a channel. */
  enum Phase {
    /** Opened, no sample put in order yet. */
    WAITING,
    /** A grid of segments is being cut. */
    FLOWING,
    /** Flushed after a silence of the source; the next chunk begins a new grid. */
    PAUSED,
    /** Ended by its last chunk; only remembered to recognise stragglers. */
    CLOSED
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(160);
    BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      out.writeInt(VERSION);
      out.writeLong(openedAt);
      out.writeLong(capturedBase);
      out.writeLong(capturedTo - capturedBase);
      out.writeInt(role.ordinal());
      out.writeInt(phase.ordinal());
      out.writeLong(index);
      out.writeLong(gridStart);
      out.writeLong(heardTo - gridStart);
      out.writeLong(nextStart - gridStart);
      out.writeLong(retainFrom - gridStart);
      out.writeInt(runRate);
      out.writeLong(runStart);
      out.writeInt(consumedRate);
      out.writeLong(consumedTo);
      out.writeInt(lost.size());
      for (long bound : lost) {
        out.writeLong(bound);
      }
      out.writeString(gateName);
      out.writeBytes(gateState);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws UnreadableState if another release has written them, or they are damaged
   */
  static Checkpoint fromBytes(byte[] bytes) {
    try {
      return read(DecoderFactory.get().binaryDecoder(bytes, null), bytes.length);
    } catch (UnreadableState e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw UnreadableState.damaged(Names.SEGMENT_CHANNELS, WHAT, e);
    }
  }

  private static Checkpoint read(BinaryDecoder in, int most) throws IOException {
    int version = in.readInt();
    if (version != VERSION) {
      throw UnreadableState.ofVersion(Names.SEGMENT_CHANNELS, WHAT, VERSION, version);
    }
    long openedAt = in.readLong();
    long capturedBase = in.readLong();
    long capturedTo = capturedBase + in.readLong();
    Role role = Role.values()[in.readInt()];
    Phase phase = Phase.values()[in.readInt()];
    long index = in.readLong();
    long gridStart = in.readLong();
    long heardTo = gridStart + in.readLong();
    long nextStart = gridStart + in.readLong();
    long retainFrom = gridStart + in.readLong();
    int runRate = in.readInt();
    long runStart = in.readLong();
    int consumedRate = in.readInt();
    long consumedTo = in.readLong();
    int bounds = within("bounds", in.readInt(), most);
    List<Long> lost = new ArrayList<>(bounds);
    for (int i = 0; i < bounds; i++) {
      lost.add(in.readLong());
    }
    String gateName = new String(block(in, most), StandardCharsets.UTF_8);
    byte[] gateState = block(in, most);
    if (!in.isEnd()) {
      throw UnreadableState.damaged(Names.SEGMENT_CHANNELS, WHAT, "bytes after its end");
    }
    return new Checkpoint(
        openedAt,
        capturedBase,
        capturedTo,
        role,
        phase,
        index,
        gridStart,
        heardTo,
        nextStart,
        retainFrom,
        runRate,
        runStart,
        consumedRate,
        consumedTo,
        lost,
        gateName,
        gateState);
  }

  /** A length and as many bytes; a damaged length allocates no more than there is. */
  private static byte[] block(BinaryDecoder in, int most) throws IOException {
    byte[] block = new byte[within("length", in.readLong(), most)];
    in.readFixed(block);
    return block;
  }

  private static int within(String what, long count, int most) {
    if (count < 0 || count > most) {
      throw new IllegalArgumentException(what + ": " + count + " is not in 0.." + most);
    }
    return (int) count;
  }

  private static void require(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          field + ": " + value + " is not in " + least + ".." + most);
    }
  }
}
