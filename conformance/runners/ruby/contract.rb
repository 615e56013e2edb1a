# frozen_string_literal: true

# What the document says of each operation, so that no operation and no code stands in the program.
class Contract
  def initialize(document)
    @document = document
    operations = document['paths'].values.flat_map { |item| item.values.grep(Hash) }
    @operations = operations.to_h { |operation| [operation['operationId'], operation] }
  end

  # Whether an operation has a mark, such as x-safe.
  def marked?(operation, mark) = @operations[operation].fetch(mark, false)

  # The same operation by another HTTP method, or nothing.
  def alias_of(operation) = @operations.keys.find { |name| @operations[name]['x-alias-of'] == operation }

  # The name of the generated class that has an operation.
  def group(operation) = @operations[operation]['tags'].first

  # The name of the schema of an operation's request body, or nothing.
  def body(operation)
    reference = @operations[operation].dig('requestBody', 'content', 'application/json', 'schema', '$ref')
    reference && File.basename(reference)
  end

  # The name of the schema of an operation's answer.
  def answer(operation)
    answer = resolved(@operations[operation]['responses']['200'])
    File.basename(answer['content']['application/json']['schema']['$ref'])
  end

  def schema(name) = @document['components']['schemas'][name]

  # What a reference leads to.
  def resolved(node) = node['$ref'] ? @document.dig(*node['$ref'].split('/').drop(1)) : node

  # What a listed code means, or nothing where the document does not list it: the first list that has it decides.
  def listed(operation, code)
    @operations[operation]['x-codes'].map { |name| schema(name) }.each do |list|
      place = list['enum'].index(code) or next
      return %w[x-enum-varnames x-enum-classes x-enum-effects].map { |column| list[column][place] }
    end
    nil
  end
end
