package io.turnwise.serdes;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashSet;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.util.ClassSecurityValidator;
import org.junit.jupiter.api.Test;

class TrustedClassesTest {

  @Test
  void shouldNameExactlyTheTypesOfTheContracts() {
    // Given
    Set<Class<?>> reachable = new HashSet<>();

    // When
    for (Contract contract : Contract.values()) {
      collectNamedTypes(contract.schema(), reachable);
    }

    // Then
    assertEquals(reachable, TrustedClasses.ALL);
  }

  @Test
  void shouldTrustOwnClassesAndNoOther() {
    // When
    TrustedClasses.install();

    // Then
    TrustedClasses.ALL.forEach(
        type -> assertDoesNotThrow(() -> ClassSecurityValidator.validate(type)));
    assertThrows(
        SecurityException.class, () -> ClassSecurityValidator.validate(ProcessBuilder.class));
  }

  @Test
  void shouldKeepWhatWasTrustedBefore() {
    // When
    TrustedClasses.install();

    // Then
    assertDoesNotThrow(() -> ClassSecurityValidator.validate(java.math.BigDecimal.class));
  }

  private static void collectNamedTypes(Schema schema, Set<Class<?>> into) {
    switch (schema.getType()) {
      case RECORD -> {
        into.add(SpecificData.get().getClass(schema));
        schema.getFields().forEach(field -> collectNamedTypes(field.schema(), into));
      }
      case ENUM, FIXED -> into.add(SpecificData.get().getClass(schema));
      case ARRAY -> collectNamedTypes(schema.getElementType(), into);
      case MAP -> collectNamedTypes(schema.getValueType(), into);
      case UNION -> schema.getTypes().forEach(branch -> collectNamedTypes(branch, into));
      default -> {}
    }
  }
}
