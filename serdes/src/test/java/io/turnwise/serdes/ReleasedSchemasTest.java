package io.turnwise.serdes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a released version wrote stays readable. The schemas lie in {@code
 * src/test/resources/schemas-released}, one folder a version, as the registry has them; a release
 * adds a folder and changes none.
 */
class ReleasedSchemasTest {
  private static final Path RELEASED = Path.of("src/test/resources/schemas-released");

  record Released(String version, Contract contract) {
    Schema schema() {
      return parse(text());
    }

    String text() {
      try {
        return Files.readString(RELEASED.resolve(version).resolve(contract.topic() + ".avsc"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static List<Released> released() throws IOException {
    try (Stream<Path> folders = Files.list(RELEASED)) {
      return folders
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .flatMap(version -> Stream.of(Contract.values()).map(c -> new Released(version, c)))
          .toList();
    }
  }

  @Test
  void shouldHoldEachContractOfTheFirstRelease() throws IOException {
    // When
    Set<String> first;
    try (Stream<Path> files = Files.list(RELEASED.resolve("0.1"))) {
      first = files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }

    // Then
    assertEquals(
        Stream.of(Contract.values()).map(c -> c.topic() + ".avsc").collect(Collectors.toSet()),
        first);
  }

  @ParameterizedTest
  @MethodSource("released")
  void shouldReadWhatAReleasedVersionWrote(Released released) {
    // Given
    Schema present = released.contract().schema();

    // When
    var pair = SchemaCompatibility.checkReaderWriterCompatibility(present, released.schema());

    // Then
    assertEquals(
        SchemaCompatibilityType.COMPATIBLE, pair.getType(), () -> pair.getResult().toString());
  }

  @ParameterizedTest
  @MethodSource("released")
  void shouldNoticeAFieldThatNobodyWroteBefore(Released released) {
    // Given
    Schema writer = released.schema();
    String text = released.text();
    int last = text.lastIndexOf(']');
    Schema reader =
        parse(
            text.substring(0, last)
                + ", {\"name\": \"added\", \"type\": \"int\"}"
                + text.substring(last));

    // When
    var pair = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);

    // Then
    assertTrue(reader.getField("added") != null);
    assertEquals(SchemaCompatibilityType.INCOMPATIBLE, pair.getType());
  }

  private static Schema parse(String text) {
    return new Schema.Parser().parse(text);
  }
}
