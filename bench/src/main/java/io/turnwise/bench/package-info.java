/**
 * Benchmarks, run on demand: {@code mvn -q -Dquick -DskipTests verify -pl bench -am -Dbench=.}, or
 * with the part of a benchmark's name that {@code -Dbench} is to match.
 */
package io.turnwise.bench;
