#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# DevStack's way to API, decision engine and applier: called with what is done, and how far it is.

function install_watcher_py {
    setup_develop "$WATCHER_PY_DIR"
    pip_install_gr python-watcherclient
}

function configure_watcher_py {
    sudo install -d -o "$STACK_USER" "$WATCHER_CONF_DIR"
    install -d "$WATCHER_STATE_PATH"
    rm -f "$WATCHER_CONF"

    iniset "$WATCHER_CONF" DEFAULT debug "$ENABLE_DEBUG_LOG_LEVEL"
    iniset "$WATCHER_CONF" DEFAULT state_path "$WATCHER_STATE_PATH"
    setup_logging "$WATCHER_CONF"
    iniset_rpc_backend watcher "$WATCHER_CONF"
    iniset "$WATCHER_CONF" database connection "$(database_connection_url watcher)"
    iniset "$WATCHER_CONF" oslo_policy policy_file "$WATCHER_CONF_DIR/policy.yaml"

    configure_keystone_authtoken_middleware "$WATCHER_CONF" watcher
    configure_keystone_authtoken_middleware "$WATCHER_CONF" watcher watcher_clients_auth
    iniset "$WATCHER_CONF" watcher_clients_auth region_name "$REGION_NAME"

    if [[ -n "$WATCHER_DATASOURCES" ]]; then
        iniset "$WATCHER_CONF" watcher_datasources datasources "$WATCHER_DATASOURCES"
    fi
    iniset "$WATCHER_CONF" prometheus_client host "$WATCHER_PROMETHEUS_HOST"
    iniset "$WATCHER_CONF" prometheus_client port "$WATCHER_PROMETHEUS_PORT"

    if is_service_enabled watcher-api; then
        write_uwsgi_config "$WATCHER_UWSGI_CONF" "$WATCHER_WSGI" /infra-optim "" watcher-api
    fi
}

# It moves the servers of all projects: the role admin, in the project of the services.
function create_watcher_py_accounts {
    create_service_user watcher admin
    get_or_create_service watcher infra-optim 'Resource optimization'
    get_or_create_endpoint infra-optim "$REGION_NAME" "$WATCHER_URL"
}

function init_watcher_py {
    recreate_database watcher
    "$(watcher_py_program db-manage)" --config-file "$WATCHER_CONF" upgrade
}

function start_watcher_py {
    run_process watcher-api "$(which uwsgi) --procname-prefix watcher-api --ini $WATCHER_UWSGI_CONF"
    local service
    for service in decision-engine applier; do
        run_process "watcher-$service" "$(watcher_py_program $service) --config-file $WATCHER_CONF"
    done
    if is_service_enabled watcher-api && ! wait_for_service "$SERVICE_TIMEOUT" "$WATCHER_URL"; then
        die $LINENO 'watcher-api does not answer'
    fi
}

function stop_watcher_py {
    local service
    for service in api decision-engine applier; do
        stop_process "watcher-$service"
    done
}

function cleanup_watcher_py {
    remove_uwsgi_config "$WATCHER_UWSGI_CONF" watcher-api
    sudo rm -rf "$WATCHER_CONF_DIR" "$WATCHER_STATE_PATH"
}

function watcher_py_program {
    echo "$(get_python_exec_prefix)/watcher-$1"
}

function watcher_py_is_enabled {
    is_service_enabled watcher-api watcher-decision-engine watcher-applier
}

case "$1 $2" in
    'stack install') watcher_py_is_enabled && install_watcher_py ;;
    'stack post-config')
        if watcher_py_is_enabled; then
            configure_watcher_py
            create_watcher_py_accounts
            init_watcher_py
        fi ;;
    'stack extra') watcher_py_is_enabled && start_watcher_py ;;
    'unstack ') stop_watcher_py ;;
    'clean ') cleanup_watcher_py ;;
esac
# DevStack runs with errexit: that nothing was asked for is no failure.
true
