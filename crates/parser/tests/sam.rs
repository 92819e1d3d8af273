//! What SAM makes of its resources. `tools/sam-oracle/compare` compares more of it with AWS's own translator.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/lowered.rs"]
mod lowered;
mod support;

use lowered::{check_spans, lower, rendered_at};
use pillarlint_parser::cloudformation;
use pillarlint_parser::source::FileId;
use pillarlint_parser::yaml;
use proptest::collection::vec;
use proptest::prelude::*;
use support::edited;

fn template(resources: &str) -> String {
    format!("Transform: AWS::Serverless-2016-10-31\nResources:\n{resources}")
}

/// These resources come of a template, each as `Id Kind`, and with the logical id that its place shows.
#[track_caller]
fn check_resources(resources: &str, expected: &[&str]) {
    let text = template(resources);
    let project = lower(&text);
    let made = project.resources.iter();
    let made: Vec<String> = made
        .map(|one| {
            let kind = one.kind.strip_prefix("AWS::").unwrap_or(&one.kind);
            format!("{} {kind} at {}", one.address, one.address_span.text(&text))
        })
        .collect();
    assert_eq!(made, expected, "{resources}");
    assert_eq!(project.not_read, [], "{resources}");
    assert_eq!(project.problems, [], "{resources}");
}

/// The value at a path of what comes of a template.
#[track_caller]
fn check(resources: &str, path: &str, expected: &str) {
    let text = template(resources);
    assert_eq!(
        rendered_at(&lower(&text), path),
        expected,
        "{path} of {resources}"
    );
}

#[test]
fn a_function_has_a_role() {
    let plain = "  F: { Type: AWS::Serverless::Function, Properties: { Handler: a.b, Runtime: x, CodeUri: src/ } }";
    check_resources(plain, &["F Lambda::Function at F", "FRole IAM::Role at F"]);
    check(plain, "F.Role", "ref(FRole.Arn)");
    check(plain, "F.Code", "unknown");
    check(
        plain,
        "FRole.ManagedPolicyArns",
        r#"["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]"#,
    );
    let own = "  F: { Type: AWS::Serverless::Function, Properties: { Role: arn, Policies: [X], InlineCode: y } }";
    check_resources(own, &["F Lambda::Function at F"]);
    check(own, "F.Role", r#""arn""#);
    check(own, "F.Code.ZipFile", r#""y""#);
}

#[test]
fn properties_are_called_as_lambda_calls_them() {
    let function = r"
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://bucket/key/x
      Tracing: Active
      Tags: { a: b }
      DeadLetterQueue: { Type: SNS, TargetArn: !Ref T }
      VpcConfig: { SubnetIds: [s] }
      SnapStart: { ApplyOn: PublishedVersions }
  T: { Type: AWS::SNS::Topic }
";
    check(
        function,
        "F.Code",
        r#"{S3Bucket: "bucket", S3Key: "key/x"}"#,
    );
    check(function, "F.TracingConfig.Mode", r#""Active""#);
    check(function, "F.DeadLetterConfig.TargetArn", "ref(T)");
    check(function, "F.SnapStart.ApplyOn", r#""PublishedVersions""#);
    check(
        function,
        "F.Tags",
        r#"[{Key: "lambda:createdBy", Value: "SAM"}, {Key: "a", Value: "b"}]"#,
    );
    check(
        function,
        "FRole.Policies.0.PolicyDocument.Statement.0",
        r#"{Effect: "Allow", Action: "sns:Publish", Resource: ref(T)}"#,
    );
    check(
        function,
        "FRole.ManagedPolicyArns.2",
        r#""arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole""#,
    );
}

#[test]
fn places_are_those_of_sam() {
    let text =
        template("  F: { Type: AWS::Serverless::Function, Properties: { Tracing: PassThrough } }");
    let project = lower(&text);
    let mode = project.resources[0]
        .properties
        .get("TracingConfig")
        .unwrap();
    assert_eq!(mode.get("Mode").unwrap().span.text(&text), "PassThrough");
    assert_eq!(mode.span.text(&text), "Tracing");
    assert_eq!(
        project.resources[0].kind_span.text(&text),
        "AWS::Serverless::Function"
    );
    let written = |at: usize| project.resources[at].made_from.as_deref();
    assert_eq!(
        (written(0), written(1)),
        (
            Some("AWS::Serverless::Function"),
            Some("AWS::Serverless::Function")
        )
    );
}

#[test]
fn policies_of_a_role_stand_where_they_are_named() {
    let text = template(
        "  F: { Type: AWS::Serverless::Function, Properties: { Policies: [AmazonS3FullAccess] } }\n  G: { Type: AWS::Serverless::Function }",
    );
    let project = lower(&text);
    let place = |id: &str| {
        let role = project.resources.iter().find(|one| one.address == id);
        let policies = role.unwrap().properties.get("ManagedPolicyArns").unwrap();
        policies.span.text(&text)
    };
    assert_eq!((place("FRole"), place("GRole")), ("Policies", "G"));
}

#[test]
fn what_reads_a_database_may_stand_in_its_network() {
    let template = "
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        D: { Type: DocumentDB, Properties: { Cluster: arn, DatabaseName: d, SourceAccessConfigurations: [{ Type: BASIC_AUTH, URI: secret }] } }
";
    let statement = |at: usize| format!("FRole.Policies.0.PolicyDocument.Statement.{at}.Resource");
    check(template, &statement(0), r#""secret""#);
    check(template, &statement(4), "unknown");
}

#[test]
fn policies_are_managed_written_or_templates() {
    let with = |policies: &str| {
        format!(
            "  F: {{ Type: AWS::Serverless::Function, Properties: {{ Policies: {policies} }} }}\n  T: {{ Type: AWS::SNS::Topic }}"
        )
    };
    check(
        &with("AmazonS3FullAccess"),
        "FRole.ManagedPolicyArns.1",
        r#""arn:aws:iam::aws:policy/AmazonS3FullAccess""#,
    );
    check(&with("[!Ref T]"), "FRole.ManagedPolicyArns.1", "ref(T)");
    check(
        &with("[{ Statement: [{ Effect: Allow, Action: '*' }] }]"),
        "FRole.Policies.0",
        r#"{PolicyName: "FRolePolicy0", PolicyDocument: {Statement: [{Effect: "Allow", Action: "*"}]}}"#,
    );
    check(
        &with("[x, { SNSPublishMessagePolicy: { TopicName: !GetAtt T.TopicName } }]"),
        "FRole.Policies.0",
        r#"{PolicyName: "FRolePolicy1", PolicyDocument: {Statement: [{Action: ["sns:Publish"], Effect: "Allow", Resource: text["arn:", ref(AWS::Partition), ":sns:", ref(AWS::Region), ":", ref(AWS::AccountId), ":", ref(T.TopicName)]}]}}"#,
    );
    check(&with("[{ NoSuchTemplate: {} }]"), "FRole.Policies", "unset");
}

#[test]
fn globals_are_merged() {
    let text = "\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 3
    Layers: [one]
    Environment: { Variables: { A: shared, B: shared } }
    Tags: !Ref AWS::NoValue
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: 128
      Layers: [two]
      Environment: { Variables: { B: own } }
  G: { Type: AWS::Serverless::Function, Properties: { Timeout: 9, Layers: !Ref AWS::NoValue } }
  H: { Type: AWS::Lambda::Function }
";
    let project = lower(text);
    for (path, expected) in [
        ("F.Timeout", "3"),
        ("F.MemorySize", "128"),
        ("F.Layers", r#"["one", "two"]"#),
        ("F.Environment.Variables", r#"{B: "own", A: "shared"}"#),
        ("G.Timeout", "9"),
        ("G.Layers", "unset"),
        ("H.Timeout", "unset"),
    ] {
        assert_eq!(rendered_at(&project, path), expected, "{path}");
    }
}

#[test]
fn events_become_what_calls_the_function() {
    let with = |event: &str| {
        format!(
            "  F: {{ Type: AWS::Serverless::Function, Properties: {{ Role: arn, Events: {{ E: {event} }} }} }}\n  B: {{ Type: AWS::S3::Bucket }}"
        )
    };
    for (event, expected) in [
        (
            "{ Type: SQS, Properties: { Queue: q } }",
            &["FE Lambda::EventSourceMapping at E"][..],
        ),
        (
            "{ Type: Kinesis, Properties: { Stream: s } }",
            &["FE Lambda::EventSourceMapping at E"],
        ),
        (
            "{ Type: SNS, Properties: { Topic: t } }",
            &[
                "FEPermission Lambda::Permission at E",
                "FE SNS::Subscription at E",
            ],
        ),
        (
            "{ Type: SNS, Properties: { Topic: t, SqsSubscription: true } }",
            &[
                "FEQueue SQS::Queue at SqsSubscription",
                "FEQueuePolicy SQS::QueuePolicy at SqsSubscription",
                "FEEventSourceMapping Lambda::EventSourceMapping at SqsSubscription",
                "FE SNS::Subscription at E",
            ],
        ),
        (
            "{ Type: Schedule, Properties: { Schedule: rate(1 day) } }",
            &[
                "FEPermission Lambda::Permission at E",
                "FE Events::Rule at E",
            ],
        ),
        (
            "{ Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 day) } }",
            &["FERole IAM::Role at E", "FE Scheduler::Schedule at E"],
        ),
        (
            "{ Type: EventBridgeRule, Properties: { Pattern: {} } }",
            &[
                "FEPermission Lambda::Permission at E",
                "FE Events::Rule at E",
            ],
        ),
        (
            "{ Type: CloudWatchLogs, Properties: { LogGroupName: g } }",
            &[
                "FEPermission Lambda::Permission at E",
                "FE Logs::SubscriptionFilter at E",
            ],
        ),
        (
            "{ Type: IoTRule, Properties: { Sql: s } }",
            &[
                "FEPermission Lambda::Permission at E",
                "FE IoT::TopicRule at E",
            ],
        ),
        (
            "{ Type: AlexaSkill }",
            &["FEPermission Lambda::Permission at E"],
        ),
        (
            "{ Type: S3, Properties: { Bucket: !Ref B, Events: 's3:ObjectCreated:*' } }",
            &["FEPermission Lambda::Permission at E"],
        ),
        ("{ Type: Other }", &[]),
    ] {
        let mut all = vec!["F Lambda::Function at F"];
        all.extend(expected);
        all.push("B S3::Bucket at B");
        check_resources(&with(event), &all);
    }
    let schedule =
        with("{ Type: Schedule, Properties: { Schedule: rate(1 day), Enabled: false } }");
    check(&schedule, "FE.ScheduleExpression", r#""rate(1 day)""#);
    check(&schedule, "FE.State", r#""DISABLED""#);
    check(&schedule, "FE.Targets.0.Arn", "ref(F.Arn)");
    check(&schedule, "FEPermission.SourceArn", "ref(FE.Arn)");
    check(
        &with("{ Type: S3, Properties: { Bucket: !Ref B, Events: ['s3:ObjectCreated:*'] } }"),
        "B.NotificationConfiguration.LambdaConfigurations",
        r#"[{Event: "s3:ObjectCreated:*", Function: ref(F.Arn)}]"#,
    );
}

#[test]
fn apis_have_stages_and_routes() {
    let implicit = "  F: { Type: AWS::Serverless::Function, Properties: { Role: arn, Events: { E: { Type: Api, Properties: { Path: '/{id}', Method: GET } } } } }";
    check_resources(
        implicit,
        &[
            "F Lambda::Function at F",
            "FEPermissionProd Lambda::Permission at E",
            "ServerlessRestApi ApiGateway::RestApi at E",
            "ServerlessRestApiDeployment ApiGateway::Deployment at E",
            "ServerlessRestApiProdStage ApiGateway::Stage at E",
        ],
    );
    check(
        implicit,
        "ServerlessRestApi.Body.paths./{id}.get.x-amazon-apigateway-integration.type",
        r#""aws_proxy""#,
    );
    check(
        implicit,
        "FEPermissionProd.SourceArn",
        r#"text["arn:", ref(AWS::Partition), ":execute-api:", ref(AWS::Region), ":", ref(AWS::AccountId), ":", ref(ServerlessRestApi), "/*/GET/*"]"#,
    );
    let own = "  A: { Type: AWS::Serverless::Api, Properties: { StageName: v1, TracingEnabled: true, EndpointConfiguration: { Type: REGIONAL } } }";
    check_resources(
        own,
        &[
            "A ApiGateway::RestApi at A",
            "ADeployment ApiGateway::Deployment at A",
            "Av1Stage ApiGateway::Stage at A",
        ],
    );
    check(own, "Av1Stage.TracingEnabled", "true");
    check(own, "A.EndpointConfiguration.Types", r#"["REGIONAL"]"#);
    let http = "  H: { Type: AWS::Serverless::HttpApi, Properties: { AccessLogSettings: { DestinationArn: x } } }";
    check_resources(
        http,
        &[
            "H ApiGatewayV2::Api at H",
            "HApiGatewayDefaultStage ApiGatewayV2::Stage at H",
        ],
    );
    check(
        http,
        "HApiGatewayDefaultStage.AccessLogSettings.DestinationArn",
        r#""x""#,
    );
}

#[test]
fn what_sam_makes_can_be_referred_to() {
    let function = r"
  F: { Type: AWS::Serverless::Function, Properties: { Role: arn, AutoPublishAlias: live } }
  A: { Type: AWS::Serverless::Api, Properties: { StageName: v1 } }
  It: { Type: T, Properties: { A: !Ref F.Alias, B: !Sub '${F.Version}', C: !GetAtt F.Alias, D: !Ref A.Stage, E: !GetAtt F.Arn } }
";
    check(
        function,
        "It",
        "{A: ref(FAliaslive), B: ref(FVersion), C: ref(FAliaslive), D: ref(Av1Stage), E: ref(F.Arn)}",
    );
}

#[test]
fn versions_move_step_by_step() {
    let function = r"
  F:
    Type: AWS::Serverless::Function
    Properties:
      Role: arn
      AutoPublishAlias: live
      DeploymentPreference: { Type: Linear10PercentEvery1Minute, Alarms: [!Ref M] }
  M: { Type: AWS::CloudWatch::Alarm }
";
    check_resources(
        function,
        &[
            "F Lambda::Function at F",
            "FVersion Lambda::Version at live",
            "FDeploymentGroup CodeDeploy::DeploymentGroup at DeploymentPreference",
            "FAliaslive Lambda::Alias at live",
            "M CloudWatch::Alarm at M",
            "ServerlessDeploymentApplication CodeDeploy::Application at DeploymentPreference",
            "CodeDeployServiceRole IAM::Role at DeploymentPreference",
        ],
    );
    check(
        function,
        "FDeploymentGroup.AlarmConfiguration",
        "{Enabled: true, Alarms: [{Name: ref(M)}]}",
    );
    check(
        function,
        "FDeploymentGroup.DeploymentConfigName",
        r#""CodeDeployDefault.LambdaLinear10PercentEvery1Minute""#,
    );
}

#[test]
fn other_resources() {
    let table = "  T: { Type: AWS::Serverless::SimpleTable, Properties: { PrimaryKey: { Name: n, Type: Number }, SSESpecification: { SSEEnabled: true } } }";
    check_resources(table, &["T DynamoDB::Table at T"]);
    check(
        table,
        "T.KeySchema",
        r#"[{AttributeName: "n", KeyType: "HASH"}]"#,
    );
    check(table, "T.AttributeDefinitions.0.AttributeType", r#""N""#);
    check(table, "T.BillingMode", r#""PAY_PER_REQUEST""#);
    check(table, "T.SSESpecification.SSEEnabled", "true");
    check_resources(
        "  L: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: x } }",
        &["L Lambda::LayerVersion at L"],
    );
    let machine = "  S: { Type: AWS::Serverless::StateMachine, Properties: { Definition: { StartAt: A }, Type: EXPRESS, Logging: { Level: ALL }, Tracing: { Enabled: true } } }";
    check_resources(
        machine,
        &["SRole IAM::Role at S", "S StepFunctions::StateMachine at S"],
    );
    check(machine, "S.StateMachineType", r#""EXPRESS""#);
    check(machine, "S.LoggingConfiguration.Level", r#""ALL""#);
    check(machine, "S.Definition.StartAt", r#""A""#);
    check_resources(
        "  G: { Type: AWS::Serverless::GraphQLApi, Properties: { SchemaUri: s, Logging: false, ApiKeys: { K: {} } } }",
        &[
            "G AppSync::GraphQLApi at G",
            "GSchema AppSync::GraphQLSchema at G",
            "GK AppSync::ApiKey at K",
        ],
    );
}

#[test]
fn conditions_hold_for_all_that_comes_of_a_resource() {
    let text = "\
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: { P: { Type: String } }
Conditions: { C: !Equals [!Ref P, x] }
Resources:
  F: { Type: AWS::Serverless::Function, Condition: C, Metadata: { a: b }, Properties: {} }
";
    let project = lower(text);
    let conditions: Vec<_> = project
        .resources
        .iter()
        .map(|one| one.condition.as_deref())
        .collect();
    assert_eq!(conditions, [Some("C"), Some("C")]);
    let has_metadata = |at: usize| project.resources[at].attributes.get("Metadata").is_some();
    assert_eq!((has_metadata(0), has_metadata(1)), (true, false));
}

#[test]
fn globals_can_be_left_out_and_some_are_not_joined() {
    let text = "\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Timeout: 3, MemorySize: 1, Architectures: [x86_64] }
  CapacityProvider: { ManagedResourceTags: { Tags: { a: b }, Other: c } }
Resources:
  F: { Type: AWS::Serverless::Function, Properties: { Architectures: [arm64] } }
  G: { Type: AWS::Serverless::Function, IgnoreGlobals: [Timeout] }
  H: { Type: AWS::Serverless::Function, IgnoreGlobals: '*' }
  C: { Type: AWS::Serverless::CapacityProvider, Properties: { ManagedResourceTags: { Tags: { c: d } } } }
";
    let project = lower(text);
    for (path, expected) in [
        ("F.Architectures", r#"["arm64"]"#),
        ("F.Timeout", "3"),
        ("G.Timeout", "unset"),
        ("G.MemorySize", "1"),
        ("H.MemorySize", "unset"),
        (
            "C.PropagateTags.ExplicitTags",
            r#"[{Key: "c", Value: "d"}, {Key: "a", Value: "b"}]"#,
        ),
    ] {
        assert_eq!(rendered_at(&project, path), expected, "{path}");
    }
}

#[test]
fn connectors_become_policies() {
    let template = "
  F:
    Type: AWS::Serverless::Function
    Connectors: { Reads: { Properties: { Destination: { Id: T }, Permissions: [Read] } } }
  T: { Type: AWS::Serverless::SimpleTable }
  Topic: { Type: AWS::SNS::Topic }
  Q: { Type: AWS::SQS::Queue }
  Two: { Type: AWS::Serverless::Connector, Properties: { Source: { Id: Topic }, Destination: [{ Id: Q }, { Id: F }], Permissions: [Write] } }
  None: { Type: AWS::Serverless::Connector, Properties: { Source: { Id: Q }, Destination: { Id: T }, Permissions: [Write] } }
";
    check_resources(
        template,
        &[
            "F Lambda::Function at F",
            "FRole IAM::Role at F",
            "T DynamoDB::Table at T",
            "Topic SNS::Topic at Topic",
            "Q SQS::Queue at Q",
            "FReadsPolicy IAM::ManagedPolicy at Reads",
            "TwoQueuePolicyDestination0 SQS::QueuePolicy at Two",
            "TwoWriteLambdaPermissionDestination1 Lambda::Permission at Two",
        ],
    );
    check(template, "FReadsPolicy.Roles", "[ref(FRole)]");
    check(
        template,
        "FReadsPolicy.PolicyDocument.Statement.0.Resource",
        r#"[ref(T.Arn), text[ref(T.Arn), "/index/*"]]"#,
    );
    check(
        template,
        "TwoWriteLambdaPermissionDestination1.SourceArn",
        "ref(Topic)",
    );
}

#[test]
fn tags_are_propagated_where_that_is_asked_for() {
    let with = |propagates: &str| {
        format!(
            "  F: {{ Type: AWS::Serverless::Function, Properties: {{ Tags: {{ a: b }}, PropagateTags: {propagates}, Events: {{ A: {{ Type: Api, Properties: {{ Path: /, Method: get }} }} }} }} }}"
        )
    };
    let own = r#"[{Key: "a", Value: "b"}]"#;
    check(&with("true"), "FRole.Tags", own);
    check(&with("true"), "ServerlessRestApiProdStage.Tags", own);
    check(&with("false"), "ServerlessRestApiProdStage.Tags", "unset");
}

#[test]
fn events_change_what_they_come_from() {
    let template = "
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Pool: { Type: Cognito, Properties: { UserPool: !Ref U, Trigger: [PreSignUp, PostAuthentication] } }
  U: { Type: AWS::Cognito::UserPool, Properties: { LambdaConfig: { PostAuthentication: own } } }
";
    check(
        template,
        "U.LambdaConfig",
        r#"{PostAuthentication: "own", PreSignUp: ref(F.Arn)}"#,
    );
}

#[test]
fn websocket_apis_have_routes_and_a_stage() {
    let template = "
  W:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes: { $connect: { FunctionArn: arn } }
      Auth: { AuthType: AWS_IAM }
";
    check_resources(
        template,
        &[
            "W ApiGatewayV2::Api at W",
            "WConnectRoute ApiGatewayV2::Route at $connect",
            "WConnectIntegration ApiGatewayV2::Integration at $connect",
            "WConnectPermission Lambda::Permission at $connect",
            "WDefaultStage ApiGatewayV2::Stage at W",
        ],
    );
    check(template, "WConnectRoute.AuthorizationType", r#""AWS_IAM""#);
}

#[test]
fn without_the_transform_nothing_is_made() {
    let text = "Resources:\n  F: { Type: AWS::Serverless::Function }\n";
    let project = lower(text);
    assert_eq!(project.resources.len(), 1);
    assert_eq!(project.resources[0].kind, "AWS::Serverless::Function");
}

proptest! {
    /// Whatever stands in a template of SAM, lowering it ends, and every place lies in the file.
    #[test]
    fn edited_templates(edits in vec((any::<u16>(), any::<u8>(), any::<usize>()), 0..6)) {
        let text = edited(&everything(), &edits);
        for root in yaml::parse(FileId(0), &text).documents {
            check_spans(&cloudformation::lower(FileId(0), &text, root), &[&text]);
        }
    }
}

/// A template with most of SAM in it.
fn everything() -> String {
    template(
        r"
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: { Bucket: b, Key: k }
      Policies: [A, { S3ReadPolicy: { BucketName: !Ref B } }, { Statement: [] }]
      AutoPublishAlias: live
      DeploymentPreference: { Type: Canary10Percent5Minutes, Alarms: [a] }
      FunctionUrlConfig: { AuthType: NONE }
      EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: SQS } } }
      Events:
        A: { Type: Api, Properties: { Path: /a, Method: get, RestApiId: !Ref A, Auth: { Authorizer: X } } }
        H: { Type: HttpApi }
        Q: { Type: SQS, Properties: { Queue: q } }
        S: { Type: Schedule, Properties: { Schedule: r, DeadLetterConfig: { Type: SQS } } }
        B: { Type: S3, Properties: { Bucket: !Ref B, Events: [e] } }
  A: { Type: AWS::Serverless::Api, Properties: { StageName: v, Domain: { DomainName: d, BasePath: [a], Route53: { HostedZoneId: z } }, Auth: { UsagePlan: { CreateUsagePlan: PER_API } } } }
  B: { Type: AWS::S3::Bucket }
  S: { Type: AWS::Serverless::StateMachine, Properties: { Events: { A: { Type: Api, Properties: { Path: /s, Method: post } } } } }
  G: { Type: AWS::Serverless::GraphQLApi, Properties: { DataSources: { Lambda: { L: { FunctionArn: a } } }, Functions: { X: { DataSource: L } }, Resolvers: { Q: { R: { Pipeline: [X] } } } } }
  C: { Type: AWS::Serverless::Connector, Properties: { Source: { Id: F } } }
",
    )
}
