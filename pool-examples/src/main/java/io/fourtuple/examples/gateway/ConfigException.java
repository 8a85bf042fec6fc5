package io.fourtuple.examples.gateway;

/** The configuration is wrong; the message names field, rule and value. */
final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  ConfigException(String field, String rule, String value) {
    super(field + " must be " + rule + ", was " + (value.isEmpty() ? "empty" : value));
  }

  ConfigException(String message) {
    super(message);
  }
}
