package io.turnwise.app.faults;

import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * What to look at where a campaign differs: of each call's topic the first three records from where
 * it differs on, as they should be and as they are. The calls are made up, so the embeddings are
 * nobody's; of each only the beginning is told.
 */
final class DifferencesFile {
  private static final int FRAME = 5;
  private static final int SHOWN = 3;

  private DifferencesFile() {}

  static void write(Path file, Answers expected, Answers seen) {
    StringBuilder text = new StringBuilder();
    Map<Answers.Place, List<ByteBuffer>> places = new TreeMap<>(expected.values());
    seen.values().forEach(places::putIfAbsent);
    for (Answers.Place place : places.keySet()) {
      List<ByteBuffer> should = expected.values().getOrDefault(place, List.of());
      List<ByteBuffer> is = seen.values().getOrDefault(place, List.of());
      if (!should.equals(is)) {
        int first = Answers.firstDifference(should, is);
        text.append(place.kind().topic()).append(" of ").append(place.key()).append('\n');
        for (int i = first; i < first + SHOWN; i++) {
          text.append("  ").append(i).append(" expected ").append(record(place, should, i));
          text.append("  ").append(i).append(" seen     ").append(record(place, is, i));
        }
      }
    }
    try {
      Files.writeString(file, text.toString());
    } catch (IOException e) {
      throw new IllegalStateException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static String record(Answers.Place place, List<ByteBuffer> values, int index) {
    return index < values.size() ? decoded(place, values.get(index)) + "\n" : "nothing\n";
  }

  private static String decoded(Answers.Place place, ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    SpecificRecord record =
        switch (place.kind()) {
          case SPEAKER_EMBEDDINGS -> new SpeakerEmbedding();
          case SPEAKER_CHANGES -> new SpeakerChange();
          case DEAD_LETTERS -> new DeadLetter();
        };
    try {
      Object read =
          new SpecificDatumReader<>(record.getSchema())
              .read(
                  record,
                  DecoderFactory.get().binaryDecoder(bytes, FRAME, bytes.length - FRAME, null));
      return "schema "
          + ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt()
          + " "
          + read.toString()
              .replaceAll("(\"vector\": \\[[^,\\]]*,[^,\\]]*,[^,\\]]*),[^\\]]*]", "$1, ...]");
    } catch (IOException | RuntimeException e) {
      return bytes.length + " bytes that cannot be read: " + e;
    }
  }
}
